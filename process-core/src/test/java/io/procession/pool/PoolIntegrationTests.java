package io.procession.pool;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.procession.ProcessManager;
import io.procession.event.ProcessEvent;
import io.procession.event.ProcessExited;
import io.procession.execution.PendingProcess;
import io.procession.execution.ProcessSettings;
import io.procession.execution.RunningProcess;
import io.procession.process.ExitCause;
import io.procession.process.ProcessFailedException;
import io.procession.process.ProcessInterruptedException;
import io.procession.process.ProcessRejectedException;
import io.procession.process.ProcessResult;
import io.procession.process.ProcessStartException;
import io.procession.process.ProcessStartException.Reason;
import io.procession.process.Secret;
import io.procession.process.Signal;
import io.procession.process.TimeLimit;
import io.procession.testing.LogCapture;
import io.procession.testing.Pace;
import io.procession.testing.Plant;
import io.procession.testing.RealProcesses;
import io.procession.testing.Scripts;
import io.procession.testing.Stopwatch;
import io.procession.testing.Threads;

import static io.procession.testing.Bounds.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

@RealProcesses
class PoolIntegrationTests {

	private final Plant plant = Plant.fresh();

	@TempDir
	Path directory;

	private PendingProcess planted(ProcessManager processes, String script, String... arguments) {
		return processes.shell(script, arguments).env(Plant.NAME, this.plant.value());
	}

	private static ProcessManager limitedTo(int most) {
		return ProcessManager.builder()
			.settings(ProcessSettings.DEFAULTS.toBuilder()
				.maxConcurrent(most)
				.shutdownGrace(Duration.ofSeconds(1))
				.build())
			.build();
	}

	private static RunningProcess anyOf(RunningPool pool) {
		return pool.running().values().iterator().next();
	}

	private static void isCancelled(ProcessResult result, String why) {
		assertThat(result.cause()).isEqualTo(ExitCause.START_FAILED);
		assertThat(result.exitCode()).isEqualTo(126);
		assertThat(result.pid()).isZero();
		assertThat(result.startError()).hasValueSatisfying((error) -> {
			assertThat(error.reason()).isEqualTo(Reason.CANCELLED);
			assertThat(error).hasMessageContaining(why);
		});
	}

	// --- results

	@Test
	void preservesOrderAndKeys(ProcessManager processes) {
		PoolResults results = processes.pool()
			.concurrency(3)
			.add("slow", processes.shell("sleep 0.3; echo one"))
			.add("middle", processes.shell("sleep 0.1; echo two"))
			.add("fast", processes.command("echo", "three"))
			.run();

		assertThat(results.asMap().keySet()).containsExactly("slow", "middle", "fast");
		assertThat(results).extracting(ProcessResult::output).containsExactly("one\n", "two\n", "three\n");
		assertThat(results.get("middle").output()).isEqualTo("two\n");
		assertThat(results.get(2).output()).isEqualTo("three\n");
		assertThat(results.size()).isEqualTo(3);
		assertThat(results.successful()).isTrue();
		assertThat(results.throwIfAnyFailed()).isSameAs(results);
	}

	@Test
	void numbersProcessesWithoutKeys(ProcessManager processes) {
		PoolResults results = processes.pool()
			.add(processes.command("echo", "a"))
			.add(processes.command("echo", "b"))
			.run();

		assertThat(results.asMap().keySet()).containsExactly("0", "1");
		assertThat(results.get("1").output()).isEqualTo("b\n");
	}

	@Test
	void runsProcessesConcurrently(ProcessManager processes) {
		PoolResults results = processes.concurrently(processes.command("echo", "a"), processes.command("false"),
				processes.command("cat").input("c"));

		assertThat(results).extracting(ProcessResult::output).containsExactly("a\n", "", "c");
		assertThat(results.failed()).isTrue();
	}

	@Test
	void passesNoInputToProcesses(ProcessManager processes) {
		assertThat(processes.pool().add(processes.command("cat")).run().get(0).output()).isEmpty();
	}

	@Test
	void reportsAllFailures(ProcessManager processes) {
		PoolResults results = processes.pool()
			.add("good", processes.command("true"))
			.add("bad", processes.shell("echo broken >&2; exit 3"))
			.add("missing", processes.command("no-such-program"))
			.add("slow", planted(processes, "sleep 300").timeout(Duration.ofMillis(200)))
			.add("last", processes.command("echo", "done"))
			.run();

		assertThat(results.failed()).isTrue();
		assertThat(results.get("last").output()).isEqualTo("done\n");
		assertThat(results.get("slow").cause()).isEqualTo(ExitCause.TIMED_OUT);
		assertThat(results.get("missing").exitCode()).isEqualTo(127);
		assertThat(results.get("missing").pid()).isZero();
		assertThat(results.get("missing").startError()).isPresent();
		assertThatExceptionOfType(ProcessStartException.class).isThrownBy(() -> results.get("missing").throwIfFailed());
		assertThatExceptionOfType(PoolFailedException.class).isThrownBy(results::throwIfAnyFailed)
			.withMessageStartingWith("3 of 5")
			.withMessageContaining("broken")
			.withMessageContaining("no-such-program")
			.withMessageContaining("slow: ")
			.satisfies((ex) -> assertThat(ex.getSuppressed()).hasSize(3))
			.satisfies((ex) -> assertThat(ex.results()).isSameAs(results));
		assertThat(this.plant.alive()).isEmpty();
	}

	@Test
	void capturesNothingOfQuietMembers(ProcessManager processes) {
		PoolResults results = processes.pool()
			.add("quiet", processes.shell("echo out; echo err >&2; exit 1").quietly())
			.add("other", processes.command("echo", "text"))
			.run();

		assertThat(results.get("quiet").output()).isEmpty();
		assertThat(results.get("quiet").errorOutput()).isEmpty();
		assertThat(results.get("other").output()).isEqualTo("text\n");
		assertThat(results.failed()).isTrue();
		assertThatExceptionOfType(ProcessFailedException.class).isThrownBy(() -> results.get("quiet").throwIfFailed())
			.withMessageContaining("exited with 1");
	}

	@Test
	void canRunRepeatedly(ProcessManager processes) {
		AtomicInteger lines = new AtomicInteger();
		ProcessPool pool = processes.pool()
			.add("a", processes.command("echo", "a"))
			.onLine((key, type, line) -> lines.incrementAndGet());

		RunningPool first = pool.start();
		RunningPool second = pool.start();
		assertThat(first.waitFor().get("a").output()).isEqualTo("a\n");
		assertThat(second.waitFor().get("a").output()).isEqualTo("a\n");
		pool.add("b", processes.command("echo", "b"));

		assertThat(pool.run()).extracting(ProcessResult::output).containsExactly("a\n", "b\n");
		assertThat(first.size()).isEqualTo(1);
		assertThat(lines).hasValue(4);
	}

	@Test
	void canRunOnTwoThreadsConcurrently(ProcessManager processes) {
		ProcessPool pool = processes.pool().concurrency(3);
		for (int i = 0; i < 20; i++) {
			pool.add(processes.command("echo", "" + i));
		}
		List<PoolResults> results = Collections.synchronizedList(new ArrayList<>());

		Threads.start(() -> results.add(pool.run()));
		results.add(pool.run());

		await().atMost(SOON).until(() -> results.size() == 2);
		for (int i = 0; i < 20; i++) {
			String output = i + "\n";
			int index = i;
			assertThat(results).allSatisfy((each) -> assertThat(each.get(index).output()).isEqualTo(output));
		}
	}

	// --- how many at once

	@Test
	void neverExceedsItsConcurrency(ProcessManager processes) throws IOException {
		assertThat(mostAtOnce(processes.pool().concurrency(3), processes)).isBetween(1, 3);
		assertThat(mostAtOnce(processes.pool().concurrency(1), processes)).isEqualTo(1);
		assertThat(mostAtOnce(processes.pool(), processes)).isBetween(1, Runtime.getRuntime().availableProcessors());
	}

	@Test
	void usesNumberOfProcessorsAsConcurrencyByDefault(ProcessManager processes) {
		int processors = Runtime.getRuntime().availableProcessors();
		ProcessPool pool = processes.pool();
		for (int i = 0; i <= processors; i++) {
			pool.add(planted(processes, Scripts.SLEEPS));
		}
		RunningPool running = pool.start();

		await().atMost(SOON).until(() -> running.running().size() == processors);
		running.stop(Duration.ZERO);
	}

	@Test
	void usesItsFullConcurrency(ProcessManager processes) {
		ProcessPool pool = processes.pool().concurrency(5);
		for (int i = 0; i < 12; i++) {
			pool.add(planted(processes, Scripts.SLEEPS));
		}
		RunningPool running = pool.start();

		await().atMost(SOON).until(() -> running.running().size() == 5 && this.plant.alive().size() == 5);
		anyOf(running).kill();
		await().atMost(SOON).until(() -> running.running().size() == 5 && this.plant.alive().size() == 5);

		assertThat(running.size()).isEqualTo(12);
		running.stop(Duration.ZERO);
	}

	@Test
	void hasStartedFirstProcessesWhenStartReturns(ProcessManager processes) {
		ProcessPool pool = processes.pool().concurrency(5);
		for (int i = 0; i < 8; i++) {
			pool.add("job-" + i, planted(processes, Scripts.SLEEPS));
		}

		RunningPool running = pool.start();

		assertThat(running.running().keySet()).containsExactly("job-0", "job-1", "job-2", "job-3", "job-4");
		running.signal(Signal.KILL);
		await().atMost(SOON)
			.until(() -> List.copyOf(running.running().keySet()).equals(List.of("job-5", "job-6", "job-7")));
		running.signal(Signal.KILL);
		assertThat(running.waitFor()).extracting(ProcessResult::signal).containsOnly(Optional.of(Signal.KILL));
	}

	@Test
	void startsWithoutWaitingForLimitOfManager() {
		try (ProcessManager processes = limitedTo(2)) {
			RunningProcess holder = processes.start("sleep", "300");
			ProcessPool pool = processes.pool().concurrency(3);
			for (int i = 0; i < 3; i++) {
				pool.add("job-" + i, planted(processes, Scripts.SLEEPS));
			}

			RunningPool running = pool.start();

			assertThat(running.running().keySet()).containsExactly("job-0");
			running.signal(Signal.KILL);
			await().atMost(SOON).until(() -> running.running().containsKey("job-1"));
			// no signal was sent to the queued processes
			assertThat(running.running().get("job-1").isRunning()).isTrue();
			running.stop(Duration.ZERO);
			holder.kill();
		}
	}

	@Test
	void reportsRunningProcessesUntilItEnds(ProcessManager processes) {
		Path ended = this.directory.resolve("ended");
		ProcessPool pool = processes.pool().concurrency(1);
		for (int i = 0; i < 20; i++) {
			pool.add(processes.shell("echo x >> \"$1\"", ended.toString()));
		}
		RunningPool running = pool.start();

		while (!running.running().isEmpty()) {
			Thread.onSpinWait();
		}

		assertThat(ended).content().hasLineCount(20);
		assertThat(running.waitFor(SOON)).isPresent();
		assertThat(running.running()).isEmpty();
		assertThat(processes.running()).isEmpty();
	}

	@Test
	void continuesWhenFirstProcessesCannotBeStarted(ProcessManager processes) {
		RunningPool running = processes.pool()
			.concurrency(1)
			.add(processes.command("no-such-program"))
			.add(processes.command("no-such-program"))
			.add("last", planted(processes, Scripts.SLEEPS))
			.start();

		assertThat(running.running().keySet()).containsExactly("last");
		running.stop(Duration.ZERO);
	}

	@Test
	void listsRunningProcessesInOrderOfMembers(ProcessManager processes) {
		CountDownLatch go = new CountDownLatch(1);
		try (ProcessManager slow = ProcessManager.builder()
			.settings(ProcessSettings.DEFAULTS.toBuilder().lostAfter(Duration.ofMillis(300)).build())
			.secretResolver((name) -> {
				Threads.hold(go);
				return "value";
			})
			.build()) {
			RunningPool running = slow.pool()
				.concurrency(3)
				.add("first", planted(slow, Scripts.SLEEPS).secretEnv("TOKEN", Secret.reference("token")))
				.add("second", planted(slow, Scripts.SLEEPS))
				.add("third", planted(slow, Scripts.SLEEPS))
				.start();
			await().atMost(SOON).until(() -> running.running().size() == 2);
			go.countDown();
			await().atMost(SOON).until(() -> running.running().size() == 3);

			assertThat(running.running().keySet()).containsExactly("first", "second", "third");
			running.stop(Duration.ZERO);
		}
		finally {
			go.countDown();
		}
	}

	@Test
	void signalsProcessesBeingStarted() {
		CountDownLatch go = new CountDownLatch(1);
		try (ProcessManager slow = ProcessManager.builder()
			.settings(ProcessSettings.DEFAULTS.toBuilder().lostAfter(Duration.ofMillis(300)).build())
			.secretResolver((name) -> {
				Threads.hold(go);
				return "value";
			})
			.build()) {
			RunningPool running = slow.pool()
				.add(planted(slow, Scripts.SLEEPS).secretEnv("TOKEN", Secret.reference("token")))
				.start();
			assertThat(running.running()).isEmpty();

			running.signal(Signal.KILL);
			go.countDown();

			assertThat(running.waitFor(SOON))
				.hasValueSatisfying((results) -> assertThat(results.get(0).signal()).contains(Signal.KILL));
		}
		finally {
			go.countDown();
		}
	}

	@Test
	void respectsLimitOfManager() throws IOException {
		try (ProcessManager processes = limitedTo(2)) {
			assertThat(mostAtOnce(processes.pool().concurrency(8), processes)).isBetween(1, 2);
			RunningProcess holder = processes.start("sleep", "300");
			assertThat(mostAtOnce(processes.pool().concurrency(8), processes)).isEqualTo(1);
			holder.kill();
		}
	}

	private int mostAtOnce(ProcessPool pool, ProcessManager processes) throws IOException {
		Path journal = Files.createTempFile(this.directory, "journal", "");
		for (int i = 0; i < 16; i++) {
			pool.add(processes.shell("echo + >> \"$1\"; sleep 0.02; echo - >> \"$1\"", journal.toString()));
		}

		assertThat(pool.run().successful()).isTrue();

		int running = 0;
		int most = 0;
		for (String line : Files.readAllLines(journal)) {
			running += line.equals("+") ? 1 : -1;
			most = Math.max(most, running);
		}
		assertThat(Files.readAllLines(journal)).hasSize(32);
		return most;
	}

	@Test
	void letsOtherLaunchesProceedWhileRunning() {
		try (ProcessManager processes = limitedTo(2)) {
			ProcessPool pool = processes.pool().concurrency(2);
			for (int i = 0; i < 40; i++) {
				pool.add(processes.command("sleep", "0.02"));
			}
			RunningPool running = pool.start();

			assertThat(processes.run("echo", "other").output()).isEqualTo("other\n");

			assertThat(running.waitFor().successful()).isTrue();
		}
	}

	// --- listeners

	@Test
	void passesLinesWithKey(ProcessManager processes) {
		Map<String, StringBuffer> lines = new ConcurrentHashMap<>();

		PoolResults results = processes.pool()
			.add("a", processes.shell("echo one; echo two >&2"))
			.add("b", processes.shell("printf three").onLine((type, line) -> lines.put("own", new StringBuffer(line))))
			.onLine((key, type, line) -> lines.computeIfAbsent(key + " " + type, (k) -> new StringBuffer())
				.append(line))
			.onLine((key, type, line) -> {
				throw new IllegalStateException("planned");
			})
			.start()
			.waitFor();

		assertThat(lines).hasSize(4);
		assertThat(lines.get("a OUTPUT")).hasToString("one");
		assertThat(lines.get("a ERROR")).hasToString("two");
		assertThat(lines.get("b OUTPUT")).hasToString("three");
		assertThat(lines.get("own")).hasToString("three");
		assertThat(results.get("a").output()).isEqualTo("one\n");
		assertThat(results.successful()).isTrue();
	}

	@Test
	void passesChunksWithKey(ProcessManager processes) {
		Map<String, StringBuffer> chunks = new ConcurrentHashMap<>();

		PoolResults results = processes.pool()
			.add("a", processes.shell("printf 'Password: '; printf wrong >&2"))
			.add("b", processes.shell("printf other").quietly())
			.onOutput((key, type, chunk) -> chunks.computeIfAbsent(key + " " + type, (k) -> new StringBuffer())
				.append(StandardCharsets.UTF_8.decode(chunk)))
			.run();

		assertThat(chunks.keySet()).containsExactlyInAnyOrder("a OUTPUT", "a ERROR", "b OUTPUT");
		assertThat(chunks.get("a OUTPUT")).hasToString("Password: ");
		assertThat(chunks.get("a ERROR")).hasToString("wrong");
		assertThat(chunks.get("b OUTPUT")).hasToString("other");
		assertThat(results.get("a").output()).isEqualTo("Password: ");
	}

	@ParameterizedTest
	@ValueSource(classes = { IllegalStateException.class, AssertionError.class })
	void continuesWhenProgressListenerFails(Class<? extends Throwable> kind, ProcessManager processes)
			throws Exception {
		Throwable planned = kind.getConstructor().newInstance();
		List<Integer> progress = Collections.synchronizedList(new ArrayList<>());
		ProcessPool pool = processes.pool()
			.concurrency(2)
			.onProgress((done, total) -> throwAny(planned))
			.onProgress((done, total) -> progress.add(done));
		for (int i = 0; i < 6; i++) {
			pool.add(processes.command("echo", "" + i));
		}

		try (LogCapture log = LogCapture.begin()) {
			assertThat(pool.start().waitFor(SOON))
				.hasValueSatisfying((results) -> assertThat(results.get(5).output()).isEqualTo("5\n"));

			assertThat(progress).isSorted().endsWith(6);
			assertThat(log.text()).contains("Pool progress listener failed", kind.getName());
		}
	}

	@SuppressWarnings("unchecked")
	private static <T extends Throwable> void throwAny(Throwable throwable) throws T {
		throw (T) throwable;
	}

	@Test
	void reportsProgressBeforeItEnds(ProcessManager processes, @TempDir Path directory) {
		Path go = directory.resolve("go");
		AtomicReference<RunningPool> pool = new AtomicReference<>();
		CountDownLatch known = new CountDownLatch(1);
		List<Integer> progress = Collections.synchronizedList(new ArrayList<>());
		List<Boolean> runningAtTheEnd = Collections.synchronizedList(new ArrayList<>());
		pool.set(processes.pool()
			.concurrency(2)
			.add(processes.command("true"))
			.add(processes.shell("until [ -e \"$1\" ]; do sleep 0.05; done", go.toString()))
			.onProgress((done, total) -> {
				Threads.hold(known);
				progress.add(done);
				if (done < total) {
					create(go);
					// meanwhile the other ends
					await().atMost(SOON).until(() -> pool.get().running().isEmpty());
				}
				else {
					// if it had ended, that would show now
					Pace.slowly(Duration.ofMillis(200));
					runningAtTheEnd.add(pool.get().isRunning());
				}
			})
			.start());
		known.countDown();

		pool.get().waitFor();

		await().during(Duration.ofMillis(400)).atMost(SOON).until(() -> progress.equals(List.of(1, 2)));
		assertThat(runningAtTheEnd).containsExactly(true);
	}

	private static void create(Path file) {
		try {
			Files.createFile(file);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Test
	void canBeStoppedByProgressListener(ProcessManager processes) {
		AtomicReference<RunningPool> running = new AtomicReference<>();
		CountDownLatch known = new CountDownLatch(1);
		ProcessPool pool = processes.pool().concurrency(4).onProgress((done, total) -> {
			Threads.hold(known);
			if (done >= 3) {
				running.get().stop(Duration.ofMillis(100));
			}
		});
		for (int i = 0; i < 20; i++) {
			pool.add(planted(processes, (i < 4) ? "true" : Scripts.SLEEPS));
		}
		running.set(pool.start());
		known.countDown();

		assertThat(running.get().waitFor(SOON))
			.hasValueSatisfying((results) -> isCancelled(results.get(19), "stopped"));
	}

	@Test
	void canBeStoppedByLineListener(ProcessManager processes) {
		AtomicReference<RunningPool> running = new AtomicReference<>();
		CountDownLatch known = new CountDownLatch(1);
		ProcessPool pool = processes.pool().concurrency(4).onLine((key, type, line) -> {
			Threads.hold(known);
			running.get().stop(Duration.ofMillis(100));
		});
		for (int i = 0; i < 8; i++) {
			pool.add(planted(processes, Scripts.SLEEPS).drain(Duration.ofMillis(200)));
		}
		running.set(pool.start());
		known.countDown();

		assertThat(running.get().waitFor(SOON)).hasValueSatisfying((results) -> {
			assertThat(results.get(0).cause()).isEqualTo(ExitCause.STOPPED);
			isCancelled(results.get(7), "stopped");
		});
		assertThat(this.plant.alive()).isEmpty();
	}

	// --- ends before the end

	@Test
	void stopsOthersWhenOneFails(ProcessManager processes) {
		Stopwatch watch = Stopwatch.started();

		PoolResults results = processes.pool()
			.concurrency(2)
			.failFast()
			.add("good", processes.command("echo", "text"))
			.add("long", planted(processes, "sleep 300 & sleep 300"))
			.add("bad", processes.shell("exit 3"))
			.add("never", planted(processes, "sleep 300"))
			.add("nor this", processes.command("no-such-program"))
			.run();

		assertThat(watch.elapsed()).isLessThan(SOON);
		assertThat(this.plant.alive()).isEmpty();
		assertThat(results.get("good").output()).isEqualTo("text\n");
		assertThat(results.get("long").cause()).isEqualTo(ExitCause.STOPPED);
		assertThat(results.get("bad").exitCode()).isEqualTo(3);
		isCancelled(results.get("never"), "another process of its pool failed");
		isCancelled(results.get("nor this"), "another process of its pool failed");
	}

	@Test
	void stopsOthersWhenOneCannotStart(ProcessManager processes) {
		PoolResults results = processes.pool()
			.concurrency(2)
			.failFast()
			.add(planted(processes, "sleep 300"))
			.add(processes.command("no-such-program"))
			.add(processes.command("true"))
			.run();

		// the first may not even have started
		assertThat(results.get(0).cause()).isIn(ExitCause.STOPPED, ExitCause.START_FAILED);
		assertThat(this.plant.alive()).isEmpty();
		assertThat(results.get(1).startError()).isPresent();
		isCancelled(results.get(2), "failed");
	}

	@Test
	void endsWhenTimeoutElapses(ProcessManager processes) {
		Stopwatch watch = Stopwatch.started();

		PoolResults results = processes.pool()
			.concurrency(2)
			.timeout(Duration.ofSeconds(1))
			.add("trap", planted(processes, "echo begun; sleep 30 & sleep 20"))
			.add("own", planted(processes, "sleep 300").noTimeout())
			.add("waiting", planted(processes, "sleep 300"))
			.run();

		assertThat(watch.elapsed()).isLessThan(SOON);
		assertThat(this.plant.alive()).isEmpty();
		assertThat(results.get("trap").cause()).isEqualTo(ExitCause.TIMED_OUT);
		assertThat(results.get("trap").output()).isEqualTo("begun\n");
		assertThat(results.get("own").cause()).isEqualTo(ExitCause.TIMED_OUT);
		isCancelled(results.get("waiting"), "the timeout of its pool had elapsed");
	}

	@Test
	void startsNothingAfterTimeout(ProcessManager processes) {
		ProcessPool pool = processes.pool().concurrency(1).timeout(Duration.ofMillis(500));
		for (int i = 0; i < 50; i++) {
			pool.add(processes.command("sleep", "0.1"));
		}

		PoolResults results = pool.run();

		isCancelled(results.get(49), "the timeout of its pool had elapsed");
		assertThat(results).extracting(ProcessResult::cause)
			// none if its timeout elapsed between two processes
			.isSubsetOf(ExitCause.EXITED, ExitCause.TIMED_OUT, ExitCause.START_FAILED);
		assertThat(results).filteredOn((result) -> result.cause() == ExitCause.TIMED_OUT).hasSizeLessThanOrEqualTo(1);
	}

	@Test
	void appliesDefaultTimeoutOfRunToEachMember() {
		ProcessSettings settings = ProcessSettings.DEFAULTS.toBuilder()
			.timeout(TimeLimit.of(Duration.ofSeconds(1)))
			.build();
		try (ProcessManager processes = ProcessManager.builder().settings(settings).build()) {
			PoolResults results = processes.pool()
				.concurrency(2)
				.add("endless", planted(processes, Scripts.SLEEPS))
				.add("own", processes.command("sleep", "1.3").timeout(SOON))
				.add("unlimited", processes.command("sleep", "1.3").noTimeout())
				.add("late", processes.command("sleep", "0.1"))
				.run();

			assertThat(results).extracting(ProcessResult::cause)
				.containsExactly(ExitCause.TIMED_OUT, ExitCause.EXITED, ExitCause.EXITED, ExitCause.EXITED);
		}
	}

	@Test
	void doesNotApplyDefaultTimeoutToWholePool() {
		ProcessSettings settings = ProcessSettings.DEFAULTS.toBuilder()
			.timeout(TimeLimit.of(Duration.ofSeconds(2)))
			.build();
		try (ProcessManager processes = ProcessManager.builder().settings(settings).build()) {
			ProcessPool pool = processes.pool().concurrency(1);
			for (int i = 0; i < 6; i++) {
				pool.add(processes.command("sleep", "0.5"));
			}

			assertThat(pool.run()).extracting(ProcessResult::cause).containsOnly(ExitCause.EXITED);
		}
	}

	@Test
	void enforcesTimeoutOfMemberWithinThatOfPool() {
		ProcessSettings settings = ProcessSettings.DEFAULTS.toBuilder()
			.timeout(TimeLimit.of(Duration.ofMillis(200)))
			.build();
		try (ProcessManager processes = ProcessManager.builder().settings(settings).build()) {
			PoolResults results = processes.pool().timeout(SOON).add(planted(processes, Scripts.SLEEPS)).run();

			assertThat(results.get(0).cause()).isEqualTo(ExitCause.TIMED_OUT);
			assertThat(results.get(0).duration()).isLessThan(Duration.ofSeconds(10));
		}
	}

	@Test
	void endsOnTimeoutWhenManagerIsFull() {
		try (ProcessManager processes = limitedTo(1)) {
			RunningProcess holder = processes.start("sleep", "300");
			RunningPool running = processes.pool()
				.concurrency(2)
				.timeout(Duration.ofMillis(500))
				.add(processes.command("true"))
				.add(processes.command("true"))
				.add(processes.command("true"))
				.start();

			assertThat(running.waitFor(Duration.ofSeconds(8))).hasValueSatisfying((results) -> assertThat(results)
				.allSatisfy((result) -> isCancelled(result, "the timeout of its pool had elapsed")));
			holder.kill();
			assertThat(processes.run("true").successful()).isTrue();
		}
	}

	@Test
	void enforcesTimeoutWhileProcessesAreQueued() {
		try (ProcessManager processes = limitedTo(1)) {
			RunningPool running = processes.pool()
				.concurrency(4)
				.timeout(Duration.ofSeconds(3))
				.add(processes.command("sleep", "1.2"))
				.add(planted(processes, "exec sleep 300"))
				.add(planted(processes, "exec sleep 300"))
				.add(planted(processes, "exec sleep 300"))
				.start();

			PoolResults results = running.waitFor(SOON).orElseThrow();

			assertThat(results.get(0).successful()).isTrue();
			assertThat(results.get(1).cause()).isEqualTo(ExitCause.TIMED_OUT);
			// it had only what was left of the time
			assertThat(results.get(1).duration()).isLessThan(Duration.ofSeconds(3));
			// the turn of the third may come just before the time is over
			isCancelled(results.get(3), "the timeout of its pool had elapsed");
			assertThat(this.plant.alive()).isEmpty();
		}
	}

	@Test
	void stopsWhenManagerIsFull() throws InterruptedException {
		try (ProcessManager processes = limitedTo(1)) {
			RunningProcess holder = processes.start("sleep", "300");
			RunningPool running = processes.pool()
				.add(processes.command("true"))
				.add(processes.command("true"))
				.start();
			Thread stopping = Threads.start(running::stop);

			stopping.join(8_000);

			assertThat(stopping.isAlive()).isFalse();
			assertThat(running.waitFor()).allSatisfy((result) -> isCancelled(result, "its pool was stopped"));
			holder.kill();
			assertThat(processes.run("true").successful()).isTrue();
		}
	}

	@Test
	void stopsAllConcurrently(ProcessManager processes) {
		ProcessPool pool = processes.pool().concurrency(20);
		for (int i = 0; i < 30; i++) {
			pool.add(planted(processes, Scripts.IGNORES_TERM));
		}
		RunningPool running = pool.start();
		await().atMost(SOON)
			.until(() -> running.running().size() == 20
					&& running.running().values().stream().allMatch((process) -> process.output().equals("ready\n")));
		Stopwatch watch = Stopwatch.started();

		running.stop(Duration.ofMillis(600));
		PoolResults results = running.waitFor();

		// one after the other would take 12 s
		assertThat(watch.elapsed()).isLessThan(Duration.ofSeconds(10));
		assertThat(this.plant.alive()).isEmpty();
		assertThat(running.isRunning()).isFalse();
		assertThat(running.running()).isEmpty();
		for (int i = 0; i < 20; i++) {
			assertThat(results.get(i).cause()).isEqualTo(ExitCause.STOPPED);
			assertThat(results.get(i).exitCode()).isEqualTo(137);
			assertThat(results.get(i).output()).isEqualTo("ready\n");
		}
		isCancelled(results.get(20), "stopped");
		isCancelled(results.get(29), "stopped");
		running.stop();
		assertThat(running.waitFor()).isSameAs(results);
	}

	@Test
	void leavesNoProcessWhenStoppedWhileStarting(ProcessManager processes) {
		for (int round = 0; round < 12; round++) {
			ProcessPool pool = processes.pool().concurrency(4);
			for (int i = 0; i < 8; i++) {
				pool.add(planted(processes, "trap '' TERM; sleep 300"));
			}
			RunningPool running = pool.start();
			Pace.slowly(Duration.ofNanos(round * 700_000L));

			running.stop(Duration.ZERO);

			assertThat(this.plant.alive()).as("round %s", round).isEmpty();
			assertThat(processes.running()).as("round %s", round).isEmpty();
		}
	}

	@Test
	void stopsEachProcessAsConfigured(ProcessManager processes) {
		RunningPool running = processes.pool()
			.concurrency(2)
			.add(planted(processes, Scripts.IGNORES_TERM).stopGrace(Duration.ofMillis(100)))
			.add(planted(processes, "trap 'echo bye; exit 3' USR1; echo ready; while :; do sleep 0.05; done")
				.stopSignal(Signal.USR1))
			.start();
		await().atMost(SOON)
			.until(() -> running.running().size() == 2
					&& running.running().values().stream().allMatch((process) -> process.output().equals("ready\n")));
		Stopwatch watch = Stopwatch.started();

		running.stop();
		PoolResults results = running.waitFor();

		assertThat(watch.elapsed()).isLessThan(Duration.ofSeconds(8));
		assertThat(results.get(0).exitCode()).isEqualTo(137);
		assertThat(results.get(1).exitCode()).isEqualTo(3);
		assertThat(results.get(1).output()).isEqualTo("ready\nbye\n");
	}

	@Test
	void signalsAllRunningProcesses(ProcessManager processes) {
		ProcessPool pool = processes.pool().concurrency(3);
		for (int i = 0; i < 4; i++) {
			pool.add(processes.shell("trap 'exit 7' USR1; echo ready; while :; do sleep 0.05; done"));
		}
		RunningPool running = pool.start();
		await().atMost(SOON)
			.until(() -> running.running().size() == 3
					&& running.running().values().stream().allMatch((process) -> process.output().equals("ready\n")));

		running.signal(Signal.USR1);
		await().atMost(SOON).until(() -> running.running().size() == 1 && anyOf(running).output().equals("ready\n"));
		running.signal(Signal.USR1);

		assertThat(running.waitFor()).extracting(ProcessResult::exitCode).containsOnly(7);
		running.signal(Signal.USR1);
	}

	@Test
	void waitsForBoundedTime(ProcessManager processes) {
		RunningPool running = processes.pool()
			.concurrency(2)
			.add("a", processes.shell("read -r line; echo got").input("x\n"))
			.add("b", planted(processes, "exec sleep 300"))
			.start();

		assertThat(running.waitFor(Duration.ofMillis(100))).isEmpty();
		assertThat(running.isRunning()).isTrue();
		assertThat(running.onEnd()).isNotDone();
		running.onEnd().cancel(true);
		await().atMost(SOON).until(() -> running.running().size() == 1);
		anyOf(running).kill();

		PoolResults results = running.waitFor(SOON).orElseThrow();
		assertThat(results.get("a").output()).isEqualTo("got\n");
		assertThat(running.onEnd()).isCompletedWithValue(results);
		assertThat(running.isRunning()).isFalse();
	}

	@Test
	void stopsWhenCallerIsInterrupted(ProcessManager processes) throws InterruptedException {
		AtomicReference<Throwable> thrown = new AtomicReference<>();
		AtomicReference<Boolean> flag = new AtomicReference<>();
		List<ProcessEvent> events = Collections.synchronizedList(new ArrayList<>());
		processes.addListener(events::add);
		Thread caller = Threads.start(() -> {
			try {
				processes.pool()
					.concurrency(2)
					.add(planted(processes, "sleep 300 & sleep 300").name("tree"))
					.add(planted(processes, Scripts.IGNORES_TERM).stopGrace(Duration.ofMillis(200)).name("stubborn"))
					.add(planted(processes, "sleep 300").name("never"))
					.run();
			}
			catch (ProcessInterruptedException ex) {
				thrown.set(ex);
				flag.set(Thread.currentThread().isInterrupted());
			}
		});
		await().atMost(SOON)
			.until(() -> this.plant.alive().size() >= 5
					&& processes.running().stream().anyMatch((process) -> process.output().equals("ready\n")));

		caller.interrupt();
		caller.join(SOON.toMillis());

		assertThat(this.plant.alive()).isEmpty();
		assertThat(thrown.get()).isInstanceOf(ProcessInterruptedException.class)
			.hasMessageContaining("its pool was stopped");
		assertThat(flag.get()).isTrue();
		await().atMost(SOON).until(() -> events.stream().filter(ProcessExited.class::isInstance).count() == 2);
		assertThat(events).extracting(ProcessEvent::name).doesNotContain("never");
		assertThat(events).filteredOn(ProcessExited.class::isInstance)
			.map(ProcessExited.class::cast)
			.extracting(ProcessExited::name, ProcessExited::cause, ProcessExited::exitCode)
			.containsExactlyInAnyOrder(tuple("tree", ExitCause.STOPPED, 143),
					tuple("stubborn", ExitCause.STOPPED, 137));
	}

	@Test
	void continuesWhenWaitIsInterrupted(ProcessManager processes) throws InterruptedException {
		RunningPool running = processes.pool().add(planted(processes, Scripts.SLEEPS)).start();
		AtomicReference<Throwable> thrown = new AtomicReference<>();
		Thread waiting = Threads.start(() -> {
			try {
				running.waitFor();
			}
			catch (ProcessInterruptedException ex) {
				thrown.set(ex);
			}
		});

		waiting.interrupt();
		waiting.join(SOON.toMillis());

		assertThat(thrown.get()).isInstanceOf(ProcessInterruptedException.class);
		assertThat(running.isRunning()).isTrue();
		running.stop();
	}

	@Test
	void hasResultForEachWhenManagerCloses() throws InterruptedException {
		int count = 10_000;
		RunningPool running;
		CompletableFuture<PoolResults> future;
		AtomicReference<PoolResults> results = new AtomicReference<>();
		Thread caller;
		try (ProcessManager processes = limitedTo(8)) {
			ProcessPool pool = processes.pool().concurrency(4).noTimeout();
			for (int i = 0; i < count; i++) {
				pool.add(planted(processes, Scripts.SLEEPS));
			}
			running = pool.start();
			caller = Threads.start(() -> results.set(pool.run()));
			future = running.onEnd();
			await().atMost(SOON).until(() -> this.plant.alive().size() == 8);
		}

		assertThat(this.plant.alive()).isEmpty();
		assertThat(future).succeedsWithin(SOON).satisfies((ended) -> {
			assertThat(ended.size()).isEqualTo(count);
			assertThat(ended.get(0).cause()).isEqualTo(ExitCause.SHUTDOWN);
			assertThat(ended.get(count - 1).startError()).isPresent();
		});
		caller.join(SOON.toMillis());
		assertThat(results.get()).isNotNull();
		assertThat(running.isRunning()).isFalse();
	}

	@Test
	void isRejectedWhenManagerIsClosed(ProcessManager processes) {
		ProcessPool pool = processes.pool().add(processes.command("true"));
		processes.close();

		assertThatExceptionOfType(ProcessRejectedException.class).isThrownBy(pool::run).withMessageContaining("closed");
		assertThatExceptionOfType(ProcessRejectedException.class).isThrownBy(() -> pool.noTimeout().start());
	}

	@Test
	void hasResultForEachWheneverStopped(ProcessManager processes) {
		Random random = new Random(20261122);
		for (int round = 0; round < 15; round++) {
			List<Integer> progress = Collections.synchronizedList(new ArrayList<>());
			int count = 1 + random.nextInt(25);
			List<Integer> kinds = new ArrayList<>();
			boolean cutShort = false;
			ProcessPool pool = processes.pool()
				.concurrency(1 + random.nextInt(6))
				.onProgress((done, total) -> progress.add(done));
			if (random.nextInt(4) == 0) {
				pool.failFast();
				cutShort = true;
			}
			if (random.nextInt(4) == 0) {
				cutShort = true;
				pool.timeout(Duration.ofMillis(1 + random.nextInt(60)));
			}
			for (int i = 0; i < count; i++) {
				kinds.add(random.nextInt(5));
				pool.add(switch (kinds.get(i)) {
					case 0 -> processes.command("no-such-program");
					case 1 -> processes.shell("exit 3");
					case 2 -> planted(processes, "exec sleep 0.02");
					case 3 -> planted(processes, "sleep 300 & exec sleep 300").timeout(Duration.ofMillis(60));
					default -> processes.command("echo", "x");
				});
			}
			RunningPool running = pool.start();
			Pace.random(random, Duration.ofMillis(60));
			if (random.nextBoolean()) {
				running.stop(Duration.ofMillis(100));
				assertThat(running.isRunning()).as("round %s", round).isFalse();
				cutShort = true;
			}

			PoolResults results = running.waitFor(SOON).orElseThrow(() -> new AssertionError("does not end"));

			assertThat(results.size()).isEqualTo(count);
			for (int i = 0; i < count; i++) {
				assertThat(isExpected(results.get(i), kinds.get(i), cutShort))
					.as("round %s: kind %s, %s", round, kinds.get(i), results.get(i))
					.isTrue();
			}
			assertThat(running.running()).isEmpty();
			assertThat(this.plant.alive()).as("round %s", round).isEmpty();
			assertThat(progress).isSorted().contains(count);
		}
		assertThat(processes.running()).isEmpty();
	}

	private static boolean isExpected(ProcessResult result, int kind, boolean cutShort) {
		boolean ended = switch (kind) {
			case 0 ->
				result.startError().map(ProcessStartException::reason).filter(Reason.NOT_FOUND::equals).isPresent();
			case 1 -> result.cause() == ExitCause.EXITED && result.exitCode() == 3;
			case 2 -> result.successful();
			case 3 -> result.cause() == ExitCause.TIMED_OUT;
			default -> result.successful() && result.output().equals("x\n");
		};
		boolean cancelled = result.startError()
			.map(ProcessStartException::reason)
			.filter(Reason.CANCELLED::equals)
			.isPresent();
		return ended || (cutShort
				&& (cancelled || result.cause() == ExitCause.STOPPED || result.cause() == ExitCause.TIMED_OUT));
	}

}
