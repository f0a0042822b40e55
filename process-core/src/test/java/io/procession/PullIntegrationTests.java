package io.procession;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.procession.execution.PendingProcess;
import io.procession.execution.RunningPipeline;
import io.procession.execution.RunningProcess;
import io.procession.process.ExitCause;
import io.procession.process.ProcessFailedException;
import io.procession.process.ProcessIdleTimedOutException;
import io.procession.process.ProcessInput;
import io.procession.process.ProcessOutputLimitException;
import io.procession.process.ProcessResult;
import io.procession.process.ProcessSpec;
import io.procession.process.ProcessTimedOutException;
import io.procession.testing.RealProcesses;
import io.procession.testing.Scripts;
import io.procession.testing.Stopwatch;
import io.procession.testing.TestChild;

import static io.procession.testing.Bounds.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * Tests for pulled output and for input inherited from the JVM.
 */
@RealProcesses
class PullIntegrationTests {

	@TempDir
	Path directory;

	@Test
	void passesAllBytesToReader(ProcessManager processes) throws IOException {
		RunningProcess process = processes.shell("head -c 50000000 /dev/zero; echo bad >&2; exit 3")
			.pullOutput()
			.start();
		long count = 0;

		try (InputStream output = process.stdout()) {
			byte[] chunk = new byte[10_000];
			for (int read = output.read(chunk); read >= 0; read = output.read(chunk)) {
				count += read;
			}
		}

		assertThat(count).isEqualTo(50_000_000);
		ProcessResult result = process.waitFor();
		assertThat(result.exitCode()).isEqualTo(3);
		assertThat(result.outputComplete()).isTrue();
		assertThat(result.output()).isEmpty();
		assertThat(result.errorOutput()).isEqualTo("bad\n");
		assertThatExceptionOfType(ProcessFailedException.class).isThrownBy(result::throwIfFailed)
			.withMessageEndingWith("stderr ends: \"bad\"");
	}

	@Test
	void blocksProcessUntilOutputIsRead(ProcessManager processes) throws IOException {
		Path far = this.directory.resolve("far");
		RunningProcess process = processes.shell("echo first; head -c 1000000 /dev/zero; touch \"$1\"", far.toString())
			.pullOutput()
			.start();

		// more than the capacity of pipe and buffer
		assertThat(process.stdout().readNBytes(6)).isEqualTo("first\n".getBytes(StandardCharsets.UTF_8));
		assertThat(process.waitFor(Duration.ofMillis(300))).isEmpty();
		assertThat(far).doesNotExist();

		assertThat(process.stdout().readAllBytes()).hasSize(1_000_000);
		assertThat(process.waitFor().successful()).isTrue();
		assertThat(Files.exists(far)).isTrue();
	}

	@Test
	void returnsLinesInCharsetOfProcess(ProcessManager processes) {
		PendingProcess latin = processes.shell("printf 'gr\\374n\\r\\nblau\\nrot'")
			.charset(StandardCharsets.ISO_8859_1);

		try (Stream<String> lines = latin.pullOutput().start().lines()) {
			assertThat(lines).containsExactly("grün", "blau", "rot");
		}
		RunningProcess endless = processes.shell("yes").pullOutput().start();
		try (Stream<String> lines = endless.lines()) {
			assertThat(lines.limit(100_000).distinct()).containsExactly("y");
		}
		assertThat(endless.waitFor().signal()).hasValueSatisfying((signal) -> assertThat(signal).hasToString("PIPE"));
	}

	@Test
	void returnsLinesOnlyOnce(ProcessManager processes) {
		RunningProcess process = processes.shell("echo one").pullOutput().start();
		try (Stream<String> lines = process.lines()) {
			assertThatIllegalStateException().isThrownBy(process::lines).withMessageContaining("already being read");
			assertThat(lines).containsExactly("one");
		}
	}

	@Test
	void sendsSigpipeWhenReaderCloses(ProcessManager processes) throws IOException {
		RunningProcess process = processes.shell("yes").pullOutput().start();

		try (InputStream output = process.stdout()) {
			assertThat(output.readNBytes(4)).isEqualTo("y\ny\n".getBytes(StandardCharsets.UTF_8));
		}

		ProcessResult result = process.waitFor();
		assertThat(result.cause()).isEqualTo(ExitCause.SIGNALED);
		assertThat(result.exitCode()).isEqualTo(128 + 13);
		assertThat(process.stdout().read()).isEqualTo(-1);
	}

	@Test
	void notifiesReaderOfStop(ProcessManager processes) throws IOException {
		RunningProcess process = processes.shell(Scripts.SLEEPS).pullOutput().start();
		InputStream output = process.stdout();
		assertThat(output.readNBytes(6)).hasSize(6);

		process.stop();

		assertThatIOException().isThrownBy(output::read)
			.withMessageContaining("is incomplete: the process was stopped");
		assertThat(process.waitFor().cause()).isEqualTo(ExitCause.STOPPED);
	}

	@Test
	void enforcesTimeoutWhileOutputIsRead(ProcessManager processes) {
		RunningProcess process = processes.shell("yes").pullOutput().timeout(Duration.ofSeconds(1)).start();

		try (Stream<String> lines = process.lines()) {
			assertThatExceptionOfType(UncheckedIOException.class).isThrownBy(lines::count)
				.withMessageContaining("the process was stopped");
		}
		assertThatExceptionOfType(ProcessTimedOutException.class).isThrownBy(process::waitFor);
	}

	@Test
	void enforcesTimeoutWhileOutputIsNotRead(ProcessManager processes) {
		RunningProcess process = processes.shell("yes").pullOutput().timeout(Duration.ofMillis(500)).start();
		Stopwatch watch = Stopwatch.started();

		assertThatExceptionOfType(ProcessTimedOutException.class).isThrownBy(process::waitFor);

		assertThat(watch.elapsed()).isLessThan(SOON);
		assertThatIOException().isThrownBy(() -> process.stdout().readAllBytes());
	}

	@Test
	void enforcesIdleTimeoutButNotForSlowReader(ProcessManager processes) throws IOException {
		RunningProcess slow = processes.shell("head -c 1000000 /dev/zero")
			.pullOutput()
			.idleTimeout(Duration.ofMillis(300))
			.start();
		assertThat(slow.waitFor(Duration.ofSeconds(1))).isEmpty();
		assertThat(slow.stdout().readAllBytes()).hasSize(1_000_000);
		assertThat(slow.waitFor().successful()).isTrue();

		RunningProcess silent = processes.shell(Scripts.SLEEPS)
			.pullOutput()
			.idleTimeout(Duration.ofMillis(300))
			.start();
		assertThatIOException().isThrownBy(() -> silent.stdout().readAllBytes());
		assertThatExceptionOfType(ProcessIdleTimedOutException.class).isThrownBy(silent::waitFor);
	}

	@Test
	void enforcesOutputLimit(ProcessManager processes) throws IOException {
		RunningProcess process = processes.shell("yes").pullOutput().outputLimit(1000).start();
		InputStream output = process.stdout();

		assertThat(output.readNBytes(1000)).hasSize(1000);
		assertThatIOException().isThrownBy(output::read);
		assertThatExceptionOfType(ProcessOutputLimitException.class).isThrownBy(process::waitFor);
	}

	@Test
	void enforcesOutputLimitAfterProcessHasEnded(ProcessManager processes) throws IOException {
		// the rest fits into the pipe once buffer and pump are full
		RunningProcess process = processes.shell("head -c 120000 /dev/zero").pullOutput().outputLimit(100_000).start();
		await().atMost(SOON).until(() -> !process.isRunning());
		InputStream output = process.stdout();

		assertThat(output.readNBytes(100_000)).hasSize(100_000);
		assertThatIOException().isThrownBy(output::read).withMessageContaining("is incomplete");
		assertThatExceptionOfType(ProcessOutputLimitException.class).isThrownBy(process::waitFor);
	}

	@Test
	void reportsToReaderThatItIsTooLate(ProcessManager processes) throws IOException {
		// buffer, pump and pipe hold it
		RunningProcess process = processes.shell("head -c 120000 /dev/zero")
			.pullOutput()
			.timeout(Duration.ofSeconds(2))
			.start();

		ProcessResult result = process.waitFor();

		assertThat(result.cause()).isEqualTo(ExitCause.EXITED);
		assertThat(result.outputComplete()).isFalse();
		assertThatIOException().isThrownBy(() -> process.stdout().readAllBytes())
			.withMessageContaining("is incomplete: it was not read in time");
	}

	@Test
	void pullsOutputOfTerminal(ProcessManager processes) throws IOException {
		try (Stream<String> lines = processes.shell("echo one; echo two >&2")
			.pty(80, 24)
			.pullOutput()
			.start()
			.lines()) {
			assertThat(lines).containsExactly("one", "two");
		}
		RunningProcess process = processes.shell("yes").pty(80, 24).pullOutput().start();
		try (InputStream output = process.stdout()) {
			assertThat(output.readNBytes(3)).hasSize(3);
		}
		assertThat(process.waitFor(SOON)).isPresent();
	}

	@Test
	void delaysNeitherStopNorCloseWhenNotRead() {
		Stopwatch watch = Stopwatch.started();
		try (ProcessManager processes = ProcessManager.create()) {
			RunningProcess stopped = processes.shell("yes").pullOutput().start();
			processes.shell("yes").pullOutput().start();
			stopped.stop();
			assertThat(stopped.isRunning()).isFalse();
			assertThat(stopped.waitFor().cause()).isEqualTo(ExitCause.STOPPED);
		}

		assertThat(watch.elapsed()).isLessThan(SOON);
	}

	@Test
	void endsForReaderWhenOutputIsHeldOpen(ProcessManager processes) throws IOException {
		RunningProcess process = processes.shell("sleep 300 & echo left").pullOutput().start();

		assertThat(process.stdout().readAllBytes()).isEqualTo("left\n".getBytes(StandardCharsets.UTF_8));
		assertThat(process.waitFor().successful()).isTrue();
	}

	@Test
	void passesMergedErrorOutputToReader(ProcessManager processes) {
		try (Stream<String> lines = processes.shell("echo out; echo err >&2")
			.mergeErrorOutput()
			.pullOutput()
			.start()
			.lines()) {
			assertThat(lines).containsExactly("out", "err");
		}
	}

	@Test
	void refusesToPullWithoutReader(ProcessManager processes) {
		PendingProcess pulled = processes.shell("echo one").pullOutput();

		assertThatIllegalStateException().isThrownBy(pulled::run)
			.withMessageContaining("use pullOutput() with start()");
		assertThat(pulled.runAsync()).failsWithin(SOON);
		assertThatIllegalStateException().isThrownBy(() -> pulled.pipe("cat").run());
		assertThatIllegalStateException().isThrownBy(() -> pulled.detached().start());
		assertThatIllegalArgumentException().isThrownBy(() -> pulled.outputTo(this.directory.resolve("file")));
		assertThatIllegalArgumentException().isThrownBy(pulled::tty);
		RunningProcess captured = processes.start("true");
		assertThatIllegalStateException().isThrownBy(captured::stdout).withMessageContaining("pullOutput()");
		assertThatIllegalStateException().isThrownBy(captured::lines);
		captured.waitFor();
		RunningPipeline pipeline = processes.shell("echo one")
			.pipe("copy", (input, output) -> input.transferTo(output))
			.pipe("cat")
			.start();
		assertThatIllegalStateException().isThrownBy(() -> pipeline.stages().get(0).stdout());
		assertThat(pipeline.waitFor().output()).isEqualTo("one\n");
	}

	// --- the input of the JVM

	@Test
	void inheritsInputOfJvm(ProcessManager processes) throws IOException {
		RunningProcess jvm = processes.command(TestChild.javaCommand(InheritsInput.class)).start();

		jvm.stdin().writeLine("for the child");
		assertThat(jvm.waitUntil((type, line) -> line.equals("child: for the child"), SOON)).isTrue();
		jvm.stdin().writeLine("for the JVM");
		jvm.stdin().close();

		assertThat(jvm.waitFor().throwIfFailed().outputLines()).containsExactly("child: for the child",
				"JVM: for the JVM");
	}

	@Test
	void refusesToInheritInputWhereImpossible(ProcessManager processes) {
		PendingProcess inheriting = processes.command("cat").inheritInput();

		assertThat(inheriting.toSpec().input()).isEqualTo(ProcessInput.inherited());
		assertThatIllegalStateException().isThrownBy(() -> inheriting.detached().start());
		assertThatIllegalArgumentException().isThrownBy(inheriting::tty);
		assertThatIllegalArgumentException().isThrownBy(() -> inheriting.pty(80, 24));
		assertThat(ProcessSpec.builder(inheriting.command()).input(ProcessInput.inherited()).build().input())
			.isEqualTo(new ProcessInput.Inherited());
	}

	/**
	 * Lets a child read a line of its standard input, and reads the next one itself.
	 */
	static final class InheritsInput {

		private InheritsInput() {
		}

		public static void main(String[] arguments) throws IOException {
			try (ProcessManager processes = ProcessManager.create()) {
				// the shell reads no byte beyond the line
				System.out.print(processes.shell("read line; echo \"child: $line\"").inheritInput().run().output());
				System.out.flush();
			}
			System.out.println(
					"JVM: " + new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine());
		}

	}

}
