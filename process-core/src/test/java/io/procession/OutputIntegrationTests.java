package io.procession;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.procession.engine.ProcessEngine;
import io.procession.engine.local.LocalProcessEngine;
import io.procession.execution.PendingProcess;
import io.procession.execution.ProcessSettings;
import io.procession.execution.RunningProcess;
import io.procession.execution.output.LineListener;
import io.procession.process.ExitCause;
import io.procession.process.OutputType;
import io.procession.process.ProcessFailedException;
import io.procession.process.ProcessOutputLimitException;
import io.procession.process.ProcessResult;
import io.procession.testing.LogCapture;
import io.procession.testing.Plant;
import io.procession.testing.ProcessTable;
import io.procession.testing.RealProcesses;
import io.procession.testing.Scripts;
import io.procession.testing.Stopwatch;
import io.procession.testing.TestChild;
import io.procession.testing.Threads;

import static io.procession.testing.Bounds.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

@RealProcesses
class OutputIntegrationTests {

	@Test
	void losesNoByteOverManyRuns(ProcessManager processes) {
		StringBuilder expected = new StringBuilder();
		for (int i = 1; i <= 2000; i++) {
			expected.append(i).append('\n');
		}

		for (int i = 0; i < 100; i++) {
			assertThat(processes.shell("printf short; printf error >&2").run().output()).isEqualTo("short");
			assertThat(processes.command("seq", "1", "2000").run().output()).isEqualTo(expected.toString());
			assertThat(processes.shell("seq 1 2000 >&2; kill -KILL $$").run().errorOutput())
				.isEqualTo(expected.toString());
			assertThat(processes.command("seq", "1", "2000").start().waitFor().output()).isEqualTo(expected.toString());
		}
	}

	@Test
	void capturesOutputOfProcessThatEndedBeforeItWasRead() {
		CountDownLatch ended = new CountDownLatch(1);
		try (ProcessManager processes = ProcessManager.builder().executor((task) -> Threads.start(() -> {
			Threads.hold(ended);
			task.run();
		})).build()) {
			RunningProcess process = processes.shell("head -c 32770 /dev/zero; head -c 32770 /dev/zero >&2").start();
			await().atMost(SOON).until(() -> !ProcessTable.isAlive(process.pid()));
			ended.countDown();

			ProcessResult result = process.waitFor();

			assertThat(result.outputBytes()).isEqualTo(new byte[32770]);
			assertThat(result.errorOutputBytes()).isEqualTo(new byte[32770]);
			assertThat(result.outputComplete()).isTrue();
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 1024, 65_536, 65_537, 1 << 20, 4 << 20 })
	void echoesItsInputToBothStreams(int size, ProcessManager processes) {
		byte[] input = random(size);

		ProcessResult result = processes.command("tee", "/dev/stderr").input(input).run();

		assertThat(result.outputBytes()).isEqualTo(input);
		assertThat(result.errorOutputBytes()).isEqualTo(input);
		assertThat(result.outputComplete()).isTrue();
	}

	private static byte[] random(int size) {
		byte[] bytes = new byte[size];
		new Random(size).nextBytes(bytes);
		return bytes;
	}

	@Test
	void echoesTheInputOfAJavaProgramToBothStreams(ProcessManager processes) {
		byte[] input = random(4 << 20);

		ProcessResult result = processes.command(TestChild.command("cat-both")).input(input).run();

		assertThat(result.outputBytes()).isEqualTo(input);
		assertThat(result.errorOutputBytes()).isEqualTo(input);
	}

	@Test
	void echoesStreamThatIsStillBeingWritten(ProcessManager processes) {
		InputStream slow = new InputStream() {

			private int left = 20_000;

			@Override
			public int read() {
				return (this.left-- > 0) ? 'x' : -1;
			}

			@Override
			public int read(byte[] bytes, int offset, int length) {
				if (this.left <= 0) {
					return -1;
				}
				this.left--;
				bytes[offset] = 'x';
				return 1;
			}

		};

		assertThat(processes.command("cat").input(slow).run().output()).isEqualTo("x".repeat(20_000));
	}

	@Test
	void endsWithChildThatNeverReadsItsInput(ProcessManager processes) {
		Stopwatch watch = Stopwatch.started();

		ProcessResult bytes = processes.shell("exit 3").input(new byte[4 << 20]).run();
		ProcessResult slow = processes.shell("sleep 0.3; exit 4").input(new byte[4 << 20]).run();
		ProcessResult closed = processes.shell("exec <&-; sleep 0.3; echo hi").input(new byte[4 << 20]).run();

		assertThat(bytes.exitCode()).isEqualTo(3);
		assertThat(slow.exitCode()).isEqualTo(4);
		assertThat(closed.output()).isEqualTo("hi\n");
		assertThat(watch.elapsed()).isLessThan(SOON);
	}

	@Test
	void endsWithChildWhoseInputNeverEnds(ProcessManager processes) {
		EndlessInput input = new EndlessInput();
		Stopwatch watch = Stopwatch.started();

		ProcessResult result = processes.shell("head -c 3; exit 5").input(input).run();

		assertThat(watch.elapsed()).isLessThan(SOON);
		assertThat(result.output()).isEqualTo("xxx");
		assertThat(result.exitCode()).isEqualTo(5);
		await().atMost(SOON).until(() -> input.closed);
	}

	@Test
	void endsWithChildWhoseInputBlocks(ProcessManager processes) {
		BlockingInput input = new BlockingInput();
		Stopwatch watch = Stopwatch.started();

		ProcessResult result = processes.shell("exit 6").input(input).run();

		assertThat(watch.elapsed()).isLessThan(SOON);
		assertThat(result.exitCode()).isEqualTo(6);
		await().atMost(SOON).until(() -> input.closed);
	}

	@Test
	void closesInputWhereItsStreamFails(ProcessManager processes) {
		InputStream failing = new InputStream() {

			private int count;

			@Override
			public int read() throws IOException {
				if (this.count++ < 3) {
					return 'x';
				}
				throw new IOException("planned");
			}

			@Override
			public int read(byte[] bytes, int offset, int length) throws IOException {
				bytes[offset] = (byte) read();
				return 1;
			}

		};

		assertThat(processes.command("cat").input(failing).timeout(SOON).run().output()).isEqualTo("xxx");
	}

	@Test
	void logsFailedInput(ProcessManager processes) {
		InputStream failing = new InputStream() {

			@Override
			public int read() {
				throw new StackOverflowError("planned");
			}

		};

		try (LogCapture log = LogCapture.begin()) {
			assertThat(processes.command("cat").input(failing).timeout(SOON).run().output()).isEmpty();

			await().atMost(Duration.ofSeconds(20))
				.untilAsserted(() -> assertThat(log.text()).contains("WARN", "Input stream of a process failed",
						"planned", "name=cat"));
		}
	}

	@Test
	void waitsForProcessThatClosedItsStreams(ProcessManager processes) {
		ProcessResult result = processes.shell("echo last; exec >&- 2>&-; sleep 1; exit 7").run();
		RunningProcess started = processes.shell("echo last; exec >&- 2>&-; sleep 2; exit 8").start();
		started.waitUntil((type, line) -> line.equals("last"), SOON);

		assertThat(result.output()).isEqualTo("last\n");
		assertThat(result.exitCode()).isEqualTo(7);
		assertThat(started.isRunning()).isTrue();
		assertThat(started.waitFor().exitCode()).isEqualTo(8);
	}

	@Test
	void keepsUpWithMassiveOutputOnBothStreams(ProcessManager processes) {
		Map<OutputType, AtomicLong> counts = new ConcurrentHashMap<>();

		ProcessResult result = processes.command(TestChild.command("spam", "104857600", "both"))
			.keepLast(10)
			.onOutput((type, chunk) -> counts.computeIfAbsent(type, (key) -> new AtomicLong())
				.addAndGet(chunk.remaining()))
			.run();

		assertThat(result.throwIfFailed().output()).isEqualTo("x".repeat(10));
		assertThat(result.errorOutput()).isEqualTo("x".repeat(10));
		assertThat(counts.get(OutputType.OUTPUT)).hasValue(104_857_600);
		assertThat(counts.get(OutputType.ERROR)).hasValue(104_857_600);
	}

	@Test
	void discardsMassiveOutputWhenQuiet(ProcessManager processes) {
		ProcessResult result = processes.command(TestChild.command("spam", "104857600", "both")).quietly().run();

		assertThat(result.throwIfFailed().output()).isEmpty();
	}

	@Test
	void capturesLargeOutput(ProcessManager processes) {
		ProcessResult result = processes.shell("head -c 20000000 /dev/zero; head -c 10000000 /dev/zero >&2").run();

		assertThat(result.outputBytes()).isEqualTo(new byte[20_000_000]);
		assertThat(result.errorOutputBytes()).isEqualTo(new byte[10_000_000]);
	}

	@Test
	void preservesBinaryOutput(ProcessManager processes) {
		byte[] binary = new byte[256 * 300];
		for (int i = 0; i < binary.length; i++) {
			binary[i] = (byte) i;
		}

		ProcessResult result = processes.command("cat").input(binary).run();

		assertThat(result.outputBytes()).isEqualTo(binary);
		assertThat(result.output()).isEqualTo(new String(binary, StandardCharsets.UTF_8)).contains("\uFFFD");
	}

	@Test
	void passesVeryLongLineInParts(ProcessManager processes) {
		AtomicLong parts = new AtomicLong();
		AtomicLong characters = new AtomicLong();
		AtomicLong longest = new AtomicLong();
		List<String> lines = new ArrayList<>();
		LineListener listener = new LineListener() {

			@Override
			public void onLine(OutputType type, String line) {
				lines.add((line.length() > 100) ? "long" : line);
				characters.addAndGet(line.length());
			}

			@Override
			public void onLinePart(OutputType type, String part) {
				parts.incrementAndGet();
				characters.addAndGet(part.length());
				longest.accumulateAndGet(part.length(), Math::max);
			}

		};

		processes.shell("echo first; head -c 104857600 /dev/zero | tr '\\0' x; echo; echo last")
			.quietly()
			.onLine(listener)
			.run();

		assertThat(parts.get()).isBetween(99L, 110L);
		assertThat(longest).hasValue(1 << 20);
		assertThat(characters).hasValue(104_857_600 + 9);
		assertThat(lines).hasSize(3).startsWith("first").endsWith("last");
	}

	@Test
	void splitsNoCharacterOfLongLine() {
		ProcessSettings settings = ProcessSettings.DEFAULTS.toBuilder().maxLineLength(16).build();
		StringBuilder joined = new StringBuilder();
		String line = "a€😀é".repeat(100);
		try (ProcessManager processes = ProcessManager.builder().settings(settings).build()) {
			ProcessResult result = processes.command("cat")
				.input(line + "\n")
				.onLine((type, part) -> joined.append(part))
				.run();

			assertThat(joined).hasToString(line);
			assertThat(result.outputLines()).containsExactly(line);
		}
	}

	@ParameterizedTest
	@CsvSource({ "61c3-a90a, aé", "f0-9f-98-800a, 😀", "e2-82ac62-0a, €b", "61-0d-0a62, a|b", "61-0d-62, a|b",
			"61-0a-0a62, a||b", "610d-0d0a-0a, a||", "ff-61-0a, \uFFFDa", "61-c3, a\uFFFD" })
	void assemblesLinesFromAnyChunks(String chunks, String lines, ProcessManager processes) throws IOException {
		List<String> received = Collections.synchronizedList(new ArrayList<>());
		byte[] whole = HexFormat.of().parseHex(chunks.replace("-", ""));
		AtomicLong arrived = new AtomicLong();
		RunningProcess process = processes.command(TestChild.command("write", chunks.split("-")))
			.onOutput((type, chunk) -> arrived.addAndGet(chunk.remaining()))
			.onLine((type, line) -> received.add(line))
			.start();

		long expected = 0;
		for (String chunk : chunks.split("-")) {
			expected += chunk.length() / 2;
			long bytes = expected;
			await().atMost(SOON).until(() -> arrived.get() == bytes);
			process.stdin().writeLine("go on");
		}
		ProcessResult result = process.waitFor();

		assertThat(result.outputBytes()).isEqualTo(whole);
		assertThat(received).containsExactly(lines.split("\\|", -1)).isEqualTo(result.outputLines());
	}

	@Test
	void splitsMillionsOfCharactersWithoutCorruption(ProcessManager processes) {
		List<String> lines = new ArrayList<>();
		StringBuilder input = new StringBuilder();
		for (int i = 0; i < 30_000; i++) {
			input.append("€é😀x".repeat(i % 7)).append((i % 3 == 0) ? "\r\n" : "\n");
		}

		ProcessResult result = processes.command("cat")
			.input(input.toString())
			.onLine((type, line) -> lines.add(line))
			.run();

		assertThat(result.output()).isEqualTo(input.toString());
		assertThat(lines).isEqualTo(result.outputLines()).hasSize(30_000);
		assertThat(String.join("", lines)).doesNotContain("\uFFFD");
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			'',            ''
			'0',           0
			'a',           a
			'a\\n',        a
			'a\\nb',       a|b
			'a\\r\\nb',    a|b
			'a\\rb\\r',    a|b
			'\\n',         ''
			'a\\n\\n\\nb', a|||b
			'\\n\\na\\n\\n', ||a|
			""")
	void passesWholeLines(String output, String lines, ProcessManager processes) {
		List<String> received = new ArrayList<>();

		ProcessResult result = processes.shell("printf '" + output + "'")
			.onLine((type, line) -> received.add(line))
			.run();

		List<String> expected = output.isEmpty() ? List.of() : Arrays.asList(lines.split("\\|", -1));
		assertThat(received).isEqualTo(expected);
		assertThat(result.outputLines()).isEqualTo(expected);
		assertThat(result.output()).isEqualTo(output.replace("\\n", "\n").replace("\\r", "\r"));
	}

	@Test
	void preservesOrderOfAlternatingStreams(ProcessManager processes) {
		List<String> lines = Collections.synchronizedList(new ArrayList<>());
		AtomicReference<RunningProcess> process = new AtomicReference<>();
		CountDownLatch started = new CountDownLatch(1);
		process.set(processes.shell("for i in 1 2 3 4 5; do echo $i; read line; echo $i >&2; read line; done")
			.onLine((type, line) -> {
				try {
					started.await();
					lines.add(type + line);
					process.get().stdin().writeLine("next");
				}
				catch (IOException | InterruptedException ex) {
					throw new IllegalStateException(ex);
				}
			})
			.start());
		started.countDown();

		process.get().waitFor(SOON);

		assertThat(lines).containsExactly("OUTPUT1", "ERROR1", "OUTPUT2", "ERROR2", "OUTPUT3", "ERROR3", "OUTPUT4",
				"ERROR4", "OUTPUT5", "ERROR5");
	}

	@Test
	void passesChunksExactly(ProcessManager processes) {
		byte[] input = random(300_000);
		ByteBuffer received = ByteBuffer.allocate(input.length);

		processes.command("cat").input(input).quietly().onOutput((type, chunk) -> {
			assertThat(chunk.isReadOnly()).isTrue();
			assertThat(chunk.hasRemaining()).isTrue();
			received.put(chunk);
		}).run();

		assertThat(received.array()).isEqualTo(input);
	}

	@Test
	void capturesOnlyLastBytes(ProcessManager processes) {
		ProcessResult result = processes.shell("seq 1 100000; seq 1 50000 >&2").keepLast(12).run();

		assertThat(result.output()).isEqualTo("99999\n100000\n".substring(1));
		assertThat(result.errorOutput()).isEqualTo("49999\n50000\n");
		assertThat(processes.shell("printf abc").keepLast(12).run().output()).isEqualTo("abc");
		assertThat(processes.shell("printf abc").keepLast(3).run().output()).isEqualTo("abc");
		assertThat(processes.shell("printf abc").keepLast(2).run().output()).isEqualTo("bc");
		assertThat(processes.shell("printf abc").keepLast(0).run().output()).isEmpty();
	}

	@Test
	void stopsProcessThatExceedsOutputLimit(ProcessManager processes) {
		Plant plant = Plant.fresh();
		Stopwatch watch = Stopwatch.started();

		assertThatExceptionOfType(ProcessOutputLimitException.class)
			.isThrownBy(() -> processes.shell(Scripts.FLOODS).env(Plant.NAME, plant.value()).outputLimit(100_000).run())
			.withMessageContaining("100000")
			.satisfies((ex) -> {
				ProcessResult result = ex.result().orElseThrow();
				assertThat(result.cause()).isEqualTo(ExitCause.OUTPUT_LIMIT);
				assertThat(result.failed()).isTrue();
				// either stream may be read first
				assertThat(result.output().length() + result.errorOutput().length()).isEqualTo(100_000);
			});

		assertThat(plant.alive()).isEmpty();
		assertThat(watch.elapsed()).isLessThan(SOON);
	}

	@Test
	void countsBothStreamsTowardsOutputLimit(ProcessManager processes) {
		assertThat(processes.shell("printf 12345; printf 67890 >&2").outputLimit(10).run().output()).isEqualTo("12345");
		assertThatExceptionOfType(ProcessOutputLimitException.class)
			.isThrownBy(() -> processes.shell("printf 12345; printf 678901 >&2; sleep 300").outputLimit(10).run());
		assertThatExceptionOfType(ProcessOutputLimitException.class)
			.isThrownBy(() -> processes.shell("printf 1; sleep 300").outputLimit(0).run());
		assertThat(processes.shell("true").outputLimit(0).run().successful()).isTrue();
	}

	@Test
	void throwsAfterProcessThatExceededOutputLimitHasEnded(ProcessManager processes) {
		assertThatExceptionOfType(ProcessOutputLimitException.class)
			.isThrownBy(() -> processes.shell("printf 12345").outputLimit(4).run());
	}

	@Test
	void enforcesOutputLimitForQuietAndStartedProcesses(ProcessManager processes) {
		RunningProcess process = processes.command("yes").outputLimit(1000).start();

		assertThat(process.onExit().join().cause()).isEqualTo(ExitCause.OUTPUT_LIMIT);
		assertThatExceptionOfType(ProcessOutputLimitException.class).isThrownBy(process::waitFor);
		assertThatExceptionOfType(ProcessOutputLimitException.class)
			.isThrownBy(() -> processes.command("yes").quietly().outputLimit(1000).run());
	}

	@Test
	void stopsSlowProcessThatExceedsOutputLimit() {
		AtomicLong scans = new AtomicLong();
		ProcessEngine engine = new LocalProcessEngine(true, null);
		ProcessEngine counting = (ProcessEngine) Proxy.newProxyInstance(getClass().getClassLoader(),
				new Class<?>[] { ProcessEngine.class }, (proxy, method, arguments) -> {
					scans.addAndGet(method.getName().equals("look") ? 1 : 0);
					return method.invoke(engine, arguments);
				});
		try (ProcessManager processes = ProcessManager.builder().engine(counting).build()) {
			assertThatExceptionOfType(ProcessOutputLimitException.class)
				.isThrownBy(() -> processes.shell("trap '' TERM; exec yes")
					.outputLimit(100)
					.stopGrace(Duration.ofSeconds(1))
					.run());
		}

		// once in 50 ms, more often at first and at the end
		assertThat(scans.get()).isLessThan(60);
	}

	@Test
	void reportsIncompleteOutputFile(ProcessManager processes) {
		ProcessResult result = processes.command("echo", "hi").outputTo(Path.of("/dev/full")).onLine((type, line) -> {
		}).run();

		assertThat(result.outputComplete()).isFalse();
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void leavesInputToItsThreadWhenProcessEndsFirst(boolean blocks) {
		CountDownLatch ended = new CountDownLatch(1);
		CountDownLatch closed = new CountDownLatch(1);
		InputStream input = new InputStream() {

			@Override
			public int read() {
				return 'x';
			}

			@Override
			public void close() {
				closed.countDown();
				if (!blocks) {
					throw new IllegalStateException("planned");
				}
				Threads.hold(new CountDownLatch(1));
			}

		};
		try (ProcessManager processes = ProcessManager.builder().executor((task) -> Threads.start(() -> {
			Threads.hold(ended);
			task.run();
		})).build()) {
			ProcessResult result = processes.command("true").quietly().input(input).run();

			assertThat(result.successful()).isTrue();
			ended.countDown();
			await().atMost(SOON).until(() -> closed.getCount() == 0);
		}
	}

	@Test
	void abandonsInputThatNeverProvidesData(ProcessManager processes) {
		AtomicBoolean closed = new AtomicBoolean();
		InputStream nothing = new InputStream() {

			@Override
			public int read() {
				return 0;
			}

			@Override
			public int read(byte[] bytes, int offset, int length) {
				return 0;
			}

			@Override
			public void close() {
				closed.set(true);
			}

		};

		processes.command("true").input(nothing).run();

		await().atMost(SOON).untilTrue(closed);
	}

	@Test
	void failsIfOutputFileCannotBeWritten(ProcessManager processes) {
		PendingProcess full = processes.shell("echo hi").outputTo(Path.of("/dev/full"));
		List<String> lines = new ArrayList<>();

		ProcessResult alone = full.run();
		ProcessResult observed = full.onLine((type, line) -> lines.add(line)).run();

		assertThat(alone.successful()).isFalse();
		assertThat(observed.successful()).isFalse();
		assertThat(observed.outputComplete()).isFalse();
		assertThat(lines).containsExactly("hi");
		assertThatExceptionOfType(ProcessFailedException.class).isThrownBy(observed::throwIfFailed)
			.withMessageContaining("exited with 0")
			.withMessageContaining("its output file '/dev/full' could not be written (No space left on device)");
	}

	@Test
	void failsPipelineIfOutputFileCannotBeWritten(ProcessManager processes) {
		assertThat(processes.shell("echo hi")
			.pipe(processes.command("cat").outputTo(Path.of("/dev/full")).onLine((type, line) -> {
			}))
			.run()
			.successful()).isFalse();
	}

	@Test
	void limitsCapturedOutputByDefault() {
		ProcessSettings settings = ProcessSettings.DEFAULTS.toBuilder().outputLimit(1000).build();
		try (ProcessManager processes = ProcessManager.builder().settings(settings).build()) {
			PendingProcess writes = processes.command("head", "-c", "2000", "/dev/zero");

			assertThatExceptionOfType(ProcessOutputLimitException.class).isThrownBy(writes::run)
				.withMessageContaining("1000 bytes")
				.withMessageContaining("raise it with outputLimit(...) or procession.defaults.output-limit");
			assertThat(writes.outputLimit(Long.MAX_VALUE).run().outputBytes()).hasSize(2000);
			assertThat(writes.keepLast(10).run().outputBytes()).hasSize(10);
			assertThat(writes.quietly().onOutput((type, bytes) -> {
			}).run().successful()).isTrue();
			assertThat(writes.quietly().run().successful()).isTrue();
			assertThat(writes.pipe("wc", "-c").run().output().strip()).isEqualTo("2000");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32", "IBM1047" })
	void readsAndWritesLinesInConfiguredCharset(String name, ProcessManager processes) throws IOException {
		List<String> lines = Collections.synchronizedList(new ArrayList<>());
		RunningProcess process = processes.command("cat")
			.charset(Charset.forName(name))
			.onLine((type, line) -> lines.add(line))
			.start();

		process.stdin().writeLine("one");
		process.stdin().writeLine("\u00E4 two");
		process.stdin().write("");
		process.stdin().write("end");
		process.stdin().close();
		ProcessResult result = process.waitFor();

		assertThat(lines).containsExactly("one", "\u00E4 two", "end");
		assertThat(result.output()).isEqualTo("one\n\u00E4 two\nend");
		assertThat(result.outputLines()).isEqualTo(lines);
		assertThat(process.latestOutput()).isEqualTo(result.output());
	}

	private static final class EndlessInput extends InputStream {

		private volatile boolean closed;

		@Override
		public int read() {
			return 'x';
		}

		@Override
		public void close() {
			this.closed = true;
		}

	}

	private static final class BlockingInput extends InputStream {

		private volatile boolean closed;

		@Override
		public int read() throws IOException {
			try {
				new CountDownLatch(1).await();
				return -1;
			}
			catch (InterruptedException ex) {
				throw new IOException(ex);
			}
		}

		@Override
		public void close() {
			this.closed = true;
		}

	}

}
