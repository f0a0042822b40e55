package io.procession;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import io.procession.execution.PendingProcess;
import io.procession.execution.ProcessSettings;
import io.procession.execution.RunningProcess;
import io.procession.process.ExitCause;
import io.procession.process.ProcessInterruptedException;
import io.procession.process.ProcessRejectedException;
import io.procession.process.ProcessResult;
import io.procession.process.ProcessTimedOutException;
import io.procession.process.Signal;
import io.procession.testing.Pace;
import io.procession.testing.Plant;
import io.procession.testing.ProcessTable;
import io.procession.testing.Scripts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Scenarios that are run on a small scale in each build, and on a large scale in the
 * stress tests.
 */
final class StressScenarios {

	private StressScenarios() {
	}

	/**
	 * Perform short runs sequentially: none loses a byte, and no resource grows.
	 */
	static void shortRuns(int count) {
		try (ProcessManager processes = ProcessManager.create()) {
			shortRuns(processes, 100);
			int threads = Thread.activeCount();
			int descriptors = openDescriptors();
			long heap = usedHeap();

			shortRuns(processes, count);

			assertThat(Thread.activeCount()).isLessThanOrEqualTo(threads + 4);
			assertThat(openDescriptors()).isLessThanOrEqualTo(descriptors + 4);
			assertThat(usedHeap()).isLessThan(heap + (16L << 20));
			assertThat(processes.running()).isEmpty();
		}
	}

	private static void shortRuns(ProcessManager processes, int count) {
		for (int i = 0; i < count; i++) {
			ProcessResult result = processes.command("printf", "%s\\n", "known text " + i).run();
			assertThat(result.output()).isEqualTo("known text " + i + "\n");
			assertThat(result.exitCode()).isZero();
			assertThat(result.outputComplete()).isTrue();
		}
	}

	private static int openDescriptors() {
		return Objects.requireNonNull(Path.of("/proc/self/fd").toFile().list()).length;
	}

	private static long usedHeap() {
		System.gc();
		return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
	}

	/**
	 * Keep many children running, then stop them by closing the manager.
	 */
	static void heldChildren(int count) {
		Plant plant = Plant.fresh();
		List<RunningProcess> started = new ArrayList<>();
		int threads = Thread.getAllStackTraces().size();
		try (ProcessManager processes = ProcessManager.create()) {
			for (int i = 0; i < count; i++) {
				started.add(processes.shell(Scripts.SLEEPS).env(Plant.NAME, plant.value()).start());
			}
			await().atMost(Duration.ofSeconds(60))
				.until(() -> started.stream().allMatch((process) -> process.output().equals("ready\n")));
			assertThat(processes.running()).hasSize(count);
			assertThat(plant.alive()).hasSize(count);
			assertThat(Thread.getAllStackTraces().size() - threads).isLessThanOrEqualTo(3 * count + 10);
		}
		assertThat(plant.alive()).isEmpty();
		assertThat(started).extracting((process) -> process.waitFor().cause()).containsOnly(ExitCause.SHUTDOWN);
	}

	/**
	 * Start and stop processes continuously on many threads.
	 */
	static void manyThreads(int count, Duration duration) throws Exception {
		long end = System.nanoTime() + duration.toNanos();
		ExecutorService threads = Executors.newFixedThreadPool(count);
		AtomicLong runs = new AtomicLong();
		Plant plant = Plant.fresh();
		try (ProcessManager processes = ProcessManager.create()) {
			List<Future<?>> futures = new ArrayList<>();
			for (int i = 0; i < count; i++) {
				Random random = new Random(i);
				futures.add(threads.submit(() -> {
					while (System.nanoTime() < end) {
						runOne(processes, plant, random);
						runs.incrementAndGet();
					}
				}));
			}
			for (Future<?> future : futures) {
				future.get(duration.toSeconds() + 60, TimeUnit.SECONDS);
			}
			assertThat(runs.get()).isGreaterThanOrEqualTo(count);
			assertThat(processes.running()).isEmpty();
			assertThat(plant.alive()).isEmpty();
		}
		finally {
			threads.shutdownNow();
		}
	}

	private static void runOne(ProcessManager processes, Plant plant, Random random) {
		String text = "text " + random.nextInt();
		PendingProcess shell = processes.shell("printf '%s' \"$1\"; printf '%s' \"$1\" >&2; exit 3", text)
			.env(Plant.NAME, plant.value());
		switch (random.nextInt(6)) {
			case 0 -> {
				RunningProcess process = processes.command("sleep", "300").env(Plant.NAME, plant.value()).start();
				process.stop();
				assertThat(process.waitFor().cause()).isEqualTo(ExitCause.STOPPED);
			}
			case 1 -> assertThatExceptionOfType(ProcessTimedOutException.class)
				.isThrownBy(() -> processes.command("sleep", "300")
					.env(Plant.NAME, plant.value())
					.timeout(Duration.ofMillis(50))
					.run());
			case 2 -> assertThat(processes.command("cat").input(text).run().output()).isEqualTo(text);
			case 3 -> check(shell.start().waitFor(), text);
			case 4 -> check(shell.runAsync().join(), text);
			default -> check(shell.run(), text);
		}
	}

	private static void check(ProcessResult result, String text) {
		assertThat(result.output()).isEqualTo(text);
		assertThat(result.errorOutput()).isEqualTo(text);
		assertThat(result.exitCode()).isEqualTo(3);
		assertThat(result.cause()).isEqualTo(ExitCause.EXITED);
	}

	/**
	 * Run an action while each core is kept busy.
	 */
	static void onABusyMachine(Runnable action) throws InterruptedException {
		AtomicBoolean busy = new AtomicBoolean(true);
		List<Thread> loops = new ArrayList<>();
		for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
			Thread loop = new Thread(() -> {
				while (busy.get()) {
					Thread.onSpinWait();
				}
			});
			loop.start();
			loops.add(loop);
		}
		try {
			action.run();
		}
		finally {
			busy.set(false);
			for (Thread loop : loops) {
				loop.join();
			}
		}
	}

	/**
	 * Perform ends, stops, kills, signals and timeouts at random times, and compare each
	 * with its possible outcomes.
	 */
	static void races(int count, long seed) throws Exception {
		System.out.println("races with seed " + seed);
		Random seeds = new Random(seed);
		ConcurrentLinkedQueue<Race> races = new ConcurrentLinkedQueue<>();
		for (int i = 0; i < count; i++) {
			races.add(Race.random(i, new Random(seeds.nextLong())));
		}
		ExecutorService threads = Executors.newFixedThreadPool(4);
		try (ProcessManager processes = ProcessManager.create()) {
			List<Future<?>> futures = new ArrayList<>();
			for (int i = 0; i < 4; i++) {
				futures.add(threads.submit(() -> {
					for (Race race = races.poll(); race != null; race = races.poll()) {
						race.run(processes);
					}
				}));
			}
			for (Future<?> future : futures) {
				future.get();
			}
		}
		finally {
			threads.shutdownNow();
		}
	}

	/**
	 * Interrupt runs at random times: no process is left, and no flag or permit is lost.
	 */
	static void interrupts(int count, long seed) throws InterruptedException {
		System.out.println("interrupts with seed " + seed);
		Random random = new Random(seed);
		Plant plant = Plant.fresh();
		ProcessSettings settings = ProcessSettings.DEFAULTS.toBuilder().maxConcurrent(1).build();
		try (ProcessManager processes = ProcessManager.builder().settings(settings).build()) {
			PendingProcess quick = processes.shell("echo a; exit 3").env(Plant.NAME, plant.value());
			PendingProcess slow = processes.shell("cat; sleep 300 & sleep 300")
				.input("a\n")
				.env(Plant.NAME, plant.value());
			for (int i = 0; i < count; i++) {
				PendingProcess pending = random.nextBoolean() ? quick : slow;
				FutureTask<Boolean> run = new FutureTask<>(() -> endsOrIsInterrupted(pending));
				Thread caller = new Thread(run);
				caller.start();
				Pace.random(random, Duration.ofMillis(15));

				caller.interrupt();

				assertThat(run).as("interrupt " + i).succeedsWithin(Duration.ofSeconds(30)).isEqualTo(true);
				assertThat(plant.alive()).as("interrupt " + i).isEmpty();
				RunningProcess next = processes.start("true");
				assertThat(next.waitFor().successful()).isTrue();
			}
		}
	}

	private static boolean endsOrIsInterrupted(PendingProcess pending) {
		try {
			return pending.run().exitCode() == 3;
		}
		catch (ProcessInterruptedException ex) {
			return Thread.currentThread().isInterrupted();
		}
	}

	/**
	 * Close managers at random times while many threads use them: all calls return, all
	 * futures complete, and no process is left.
	 */
	static void closes(int count, long seed) throws Exception {
		System.out.println("closes with seed " + seed);
		Random random = new Random(seed);
		ExecutorService threads = Executors.newCachedThreadPool();
		Plant plant = Plant.fresh();
		try {
			for (int i = 0; i < count; i++) {
				ProcessSettings settings = ProcessSettings.DEFAULTS.toBuilder()
					.maxConcurrent((i % 2 == 0) ? 4 : Integer.MAX_VALUE)
					.shutdownGrace(Duration.ofMillis(500))
					.build();
				ConcurrentLinkedQueue<Future<?>> futures = new ConcurrentLinkedQueue<>();
				List<Future<?>> users = new ArrayList<>();
				try (ProcessManager processes = ProcessManager.builder().settings(settings).build()) {
					for (int user = 0; user < 6; user++) {
						Random own = new Random(random.nextLong());
						users.add(threads.submit(() -> useUntilClosed(processes, plant, own, futures)));
					}
					Pace.random(random, Duration.ofMillis(500));
				}
				assertThat(plant.alive()).as("close " + i).isEmpty();
				for (Future<?> user : users) {
					user.get(30, TimeUnit.SECONDS);
				}
				for (Future<?> future : futures) {
					await().atMost(Duration.ofSeconds(30)).until(future::isDone);
				}
				assertThat(plant.alive()).as("close " + i).isEmpty();
			}
		}
		finally {
			threads.shutdownNow();
		}
	}

	private static void useUntilClosed(ProcessManager processes, Plant plant, Random random,
			ConcurrentLinkedQueue<Future<?>> futures) {
		PendingProcess sleep = processes.command("sleep", "300").env(Plant.NAME, plant.value());
		while (true) {
			try {
				switch (random.nextInt(5)) {
					case 0 -> processes.run("true");
					case 1 -> sleep.timeout(Duration.ofMillis(20)).run();
					case 2 -> sleep.start().stop();
					case 3 -> {
						Future<?> future = sleep.timeout(Duration.ofMillis(20)).runAsync();
						futures.add(future);
						if (random.nextBoolean()) {
							future.cancel(true);
						}
					}
					default -> {
						RunningProcess tree = processes.shell("(setsid sleep 300 &); sleep 300")
							.env(Plant.NAME, plant.value())
							.start();
						futures.add(tree.onExit());
						tree.stopAsync(Duration.ofMillis(random.nextInt(30)));
					}
				}
			}
			catch (ProcessTimedOutException ex) {
				// expected
			}
			catch (ProcessRejectedException ex) {
				if (ex.reason() == ProcessRejectedException.Reason.CLOSED) {
					return;
				}
			}
		}
	}

	private enum Nature {

		QUICK("echo ready; sleep %s; echo bye; exit 42", true),

		IGNORING("trap '' TERM; echo ready; sleep %s; echo bye; exit 42", true),

		CATCHING("trap 'echo bye; exit 42' TERM; echo ready; sleep %s & wait; echo bye; exit 42", true),

		ENDLESS("echo ready; sleep 300 & sleep 300", false),

		ENDLESS_IGNORING("trap '' TERM; echo ready; sleep 300 & sleep 300", false);

		private final String script;

		private final boolean ends;

		Nature(String script, boolean ends) {
			this.script = script;
			this.ends = ends;
		}

	}

	private enum Action {

		STOP(ExitCause.STOPPED), KILL(ExitCause.KILLED), TIMEOUT(ExitCause.TIMED_OUT), SIGNAL_TERM(ExitCause.SIGNALED),
		SIGNAL_KILL(ExitCause.SIGNALED);

		private final ExitCause cause;

		Action(ExitCause cause) {
			this.cause = cause;
		}

	}

	private record Race(int number, Nature nature, double lifetime, List<Action> actions, List<Long> delays) {

		static Race random(int number, Random random) {
			Nature nature = any(Nature.values(), random);
			List<Action> actions = new ArrayList<>();
			for (int i = random.nextInt(3); i > 0; i--) {
				actions.add(any(Action.values(), random));
			}
			if (!nature.ends && actions.stream().noneMatch((action) -> action.cause != ExitCause.SIGNALED)) {
				actions.add(any(new Action[] { Action.STOP, Action.KILL, Action.TIMEOUT }, random));
			}
			List<Long> delays = actions.stream().map((action) -> 1L + random.nextInt(150)).toList();
			return new Race(number, nature, random.nextInt(15) / 100.0, actions, delays);
		}

		private static <T> T any(T[] values, Random random) {
			return values[random.nextInt(values.length)];
		}

		void run(ProcessManager processes) {
			Plant plant = Plant.fresh();
			PendingProcess pending = processes.shell(String.format(this.nature.script, this.lifetime))
				.env(Plant.NAME, plant.value())
				.stopGrace(Duration.ofMillis(30));
			for (int i = 0; i < this.actions.size(); i++) {
				if (this.actions.get(i) == Action.TIMEOUT) {
					pending = pending.timeout(Duration.ofMillis(this.delays.get(i)));
				}
			}
			RunningProcess process = pending.start();
			List<FutureTask<?>> actors = new ArrayList<>();
			for (int i = 0; i < this.actions.size(); i++) {
				Action action = this.actions.get(i);
				Duration delay = Duration.ofMillis(this.delays.get(i));
				FutureTask<?> actor = new FutureTask<>(() -> {
					Pace.slowly(delay);
					act(action, process);
					return null;
				});
				new Thread(actor).start();
				actors.add(actor);
			}

			ProcessResult result = process.onExit().orTimeout(30, TimeUnit.SECONDS).join();

			assertThat(result.cause()).as(this::toString).isIn(causes());
			assertThat(result.exitCode()).as(() -> this + " " + result).isIn(codes(result.cause()));
			assertThat(result.output()).as(() -> this + " " + result).isIn(outputs(result.cause()));
			assertThat(process.isRunning()).as(this::toString).isFalse();
			assertThat(ProcessTable.isAlive(process.pid())).as(this::toString).isFalse();
			assertThat(processes.running()).as(this::toString)
				.noneMatch((other) -> other.executionId().equals(process.executionId()));
			if (EnumSet.of(ExitCause.STOPPED, ExitCause.KILLED, ExitCause.TIMED_OUT).contains(result.cause())) {
				assertThat(plant.alive()).as(() -> this + " " + result).isEmpty();
			}
			for (FutureTask<?> actor : actors) {
				assertThat(actor).as(this::toString).succeedsWithin(Duration.ofSeconds(30));
			}
		}

		private static void act(Action action, RunningProcess process) {
			switch (action) {
				case STOP -> process.stop();
				case KILL -> process.kill();
				case SIGNAL_TERM -> signal(process, Signal.TERM);
				case SIGNAL_KILL -> signal(process, Signal.KILL);
				case TIMEOUT -> {
				}
			}
		}

		private static void signal(RunningProcess process, Signal signal) {
			try {
				process.signal(signal);
			}
			catch (IllegalStateException ex) {
				await().atMost(Duration.ofSeconds(10)).until(() -> !process.isRunning());
			}
		}

		private Set<ExitCause> causes() {
			Set<ExitCause> causes = EnumSet.noneOf(ExitCause.class);
			if (this.nature.ends) {
				causes.add(ExitCause.EXITED);
			}
			this.actions.forEach((action) -> causes.add(action.cause));
			return causes;
		}

		private Set<Integer> codes(ExitCause cause) {
			Set<Integer> codes = new HashSet<>();
			if (this.nature.ends) {
				codes.add(42);
			}
			if (cause == ExitCause.EXITED) {
				return codes;
			}
			if (cause == ExitCause.SIGNALED) {
				codes.clear();
			}
			// it may come before the trap is set
			if (cause != ExitCause.SIGNALED || this.actions.contains(Action.SIGNAL_TERM)) {
				codes.add(143);
			}
			if (cause != ExitCause.SIGNALED || this.actions.contains(Action.SIGNAL_KILL)) {
				codes.add(137);
			}
			return codes;
		}

		private Set<String> outputs(ExitCause cause) {
			if (this.nature == Nature.CATCHING) {
				return Set.of("", "ready\n", "bye\n", "ready\nbye\n", "ready\nbye\nbye\n");
			}
			return (cause == ExitCause.EXITED) ? Set.of("ready\nbye\n") : Set.of("", "ready\n", "ready\nbye\n");
		}

	}

}
