package io.procession.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import io.procession.ProcessManager;
import io.procession.event.ProcessEvent;
import io.procession.event.ProcessExited;
import io.procession.event.ProcessStopping;
import io.procession.event.ProcessTimedOut;
import io.procession.execution.PendingProcess;
import io.procession.execution.RunningProcess;
import io.procession.process.ExitCause;
import io.procession.process.ProcessException;
import io.procession.process.ProcessResult;
import io.procession.process.ProcessStartException;

/**
 * An application that cannot start another thread or process when it has to stop
 * processes, to be run as a child whose user has a low process limit.
 */
public final class OutOfThreads {

	/** Exhausts the process limit of its user. */
	private static final String FORKS = """
			my $line = <STDIN>;
			while (1) {
				my $pid = fork;
				if (!defined $pid) { select(undef, undef, undef, 0.1) }
				elsif (!$pid) { sleep 300; exit }
			}
			""";

	private static final List<CountDownLatch> taken = new ArrayList<>();

	private OutOfThreads() {
	}

	/**
	 * Print a line for each attempt.
	 * @param arguments {@code threads} if its own threads exhaust the limit, {@code
	 * children} if its processes do, {@code reaper} if a process can be started, but not
	 * the thread that the JDK starts with it
	 * @throws Exception on failure
	 */
	public static void main(String[] arguments) throws Exception {
		// load classes and start threads that may be idle for a while
		try (ProcessManager processes = manager()) {
			processes.shell("trap '' TERM; sleep 300").timeout(Duration.ofMillis(100)).start().onExit().get();
		}
		switch (arguments[0]) {
			case "threads" -> threads();
			case "children" -> children();
			case "reaper" -> reaper();
			default -> throw new IllegalArgumentException(arguments[0]);
		}
	}

	private static ProcessManager manager() {
		return ProcessManager.builder().guard(false).build();
	}

	private static void threads() throws Exception {
		Queue<ProcessEvent> events = new ConcurrentLinkedQueue<>();
		ProcessManager processes = manager();
		RunningProcess late = processes.shell("exec sleep 300").timeout(Duration.ofSeconds(2)).start();
		RunningProcess silent = processes.shell("exec sleep 300").idleTimeout(Duration.ofSeconds(2)).start();
		RunningProcess stopped = processes.shell("exec sleep 300").start();
		RunningProcess killed = processes.shell("exec sleep 300").start();
		RunningProcess requested = processes.shell("exec sleep 300").start();
		PendingProcess terminal = processes.command("true").pty(80, 24);
		terminal.run();
		int terminals = OpenFiles.below(Path.of("/dev/ptmx")).size() + OpenFiles.below(Path.of("/dev/pts")).size();
		processes.addListener(events::add);
		takeAll();

		print("start", () -> processes.run("true").cause());
		print("terminal", () -> terminal.run().cause());
		print("terminals left", () -> OpenFiles.below(Path.of("/dev/ptmx")).size()
				+ OpenFiles.below(Path.of("/dev/pts")).size() - terminals);
		print("deadline", () -> cause(late));
		print("silence", () -> cause(silent));
		print("stop", () -> {
			stopped.stop();
			return cause(stopped);
		});
		print("kill", () -> {
			killed.kill();
			return cause(killed);
		});
		print("future", () -> requested.stopAsync().orTimeout(20, TimeUnit.SECONDS).join().cause());
		processes.close();
		// published events have been delivered by then
		print("timed out", () -> count(events, ProcessTimedOut.class));
		print("stopping", () -> count(events, ProcessStopping.class));
		print("exited", () -> count(events, ProcessExited.class));
	}

	private static long count(Queue<ProcessEvent> events, Class<? extends ProcessEvent> type) {
		return events.stream().filter(type::isInstance).count();
	}

	private static ExitCause cause(RunningProcess process) {
		try {
			return process.waitFor().cause();
		}
		catch (ProcessException ex) {
			return ex.result().map(ProcessResult::cause).orElseThrow();
		}
	}

	private static void children() throws Exception {
		try (ProcessManager processes = manager()) {
			PendingProcess bomb = processes.command("perl", "-e", FORKS).env("BOMB", "lit");
			RunningProcess first = bomb.timeout(Duration.ofSeconds(4)).start();
			RunningProcess second = bomb.start();
			first.stdin().close();
			second.stdin().close();
			while (isRoom()) {
				Thread.onSpinWait();
			}

			print("deadline", () -> cause(first));
			print("stop", () -> {
				second.stop(Duration.ofMillis(500));
				return cause(second);
			});
			print("left", () -> ProcessTable.withEnvironment("BOMB=lit"::equals).size());
		}
	}

	private static boolean isRoom() {
		try {
			Thread thread = new Thread(() -> {
			});
			thread.start();
			thread.join();
			return true;
		}
		catch (OutOfMemoryError ex) {
			return false;
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void reaper() throws Exception {
		try (ProcessManager processes = manager()) {
			// all the JDK's threads that wait for processes are busy
			List<RunningProcess> holders = new ArrayList<>();
			for (int i = 0; i < 4; i++) {
				holders.add(processes.command("sleep", "300").quietly().start());
			}
			takeAll();
			for (int i = 0; i < 6; i++) {
				giveBackOne();
				print("start", () -> processes.command("sleep", "301").quietly().start().pid());
			}
			print("unknown",
					() -> ProcessTable.descendants(ProcessHandle.current().pid())
						.stream()
						.filter((entry) -> entry.isAlive() && entry.toString().contains("sleep 301"))
						.filter((entry) -> processes.find(entry.pid()).isEmpty())
						.count());
		}
	}

	private static void takeAll() throws InterruptedException {
		while (true) {
			CountDownLatch end = new CountDownLatch(1);
			Thread thread = new Thread(() -> Threads.hold(end));
			thread.setDaemon(true);
			try {
				thread.start();
				taken.add(end);
			}
			catch (OutOfMemoryError ex) {
				return;
			}
		}
	}

	private static void giveBackOne() throws IOException {
		int before = nativeThreads();
		long began = System.nanoTime();
		taken.remove(taken.size() - 1).countDown();
		// another thread may take the place at once
		while (nativeThreads() >= before && System.nanoTime() - began < 1_000_000_000) {
			Thread.onSpinWait();
		}
	}

	// as the kernel counts them
	private static int nativeThreads() throws IOException {
		return Files.readAllLines(Path.of("/proc/self/status"))
			.stream()
			.filter((line) -> line.startsWith("Threads:"))
			.mapToInt((line) -> Integer.parseInt(line.replaceAll("\\D", "")))
			.findFirst()
			.orElseThrow();
	}

	private static void print(String what, Supplier<Object> outcome) {
		long began = System.nanoTime();
		Object came;
		try {
			came = outcome.get();
		}
		catch (ProcessStartException ex) {
			came = ex.reason() + " " + ex.getMessage();
		}
		catch (RuntimeException | Error ex) {
			ex.printStackTrace(System.out);
			came = ex;
		}
		System.out.println(what + ": " + came);
		System.err.println(what + " took " + Duration.ofNanos(System.nanoTime() - began));
	}

}
