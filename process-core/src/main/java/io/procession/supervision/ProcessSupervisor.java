package io.procession.supervision;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.procession.concurrent.TimeSource;
import io.procession.execution.ProcessLauncher;

/**
 * Starts programs, restarts them according to their {@link RestartPolicy}, and stops
 * them.
 *
 * <p>
 * Requests are carried out in the background. Each call returns immediately with a future
 * that completes with the status of the program once that is neither
 * {@link ProgramState#STARTING STARTING} nor {@link ProgramState#STOPPING STOPPING}. The
 * futures never fail, and canceling one has no effect on the program. Only
 * {@link #close()} blocks. <i>Thread-safe.</i>
 *
 * <p>
 * Each change of the state of a program is published as a {@link ProgramStateChanged} to
 * the listeners of the manager, once the program has entered the state. These events are
 * delivered in order, on the event thread of the manager, together with those of the
 * processes: {@link ProgramState#STARTING STARTING} precedes {@code ProcessStarted},
 * which precedes {@link ProgramState#RUNNING RUNNING}, and {@code ProcessExited} or
 * {@code ProcessStartFailed} precedes the state that follows. A process that exits at
 * once may do so before the event of the state {@code RUNNING}. The events of the state
 * {@link ProgramState#STOPPING STOPPING} and of the signal, {@code ProcessStopping}, are
 * delivered in either order, since a stop waits for neither. A process that could not be
 * stopped in time may end after the event of the state {@link ProgramState#LOST LOST}.
 * The close of the manager delivers all earlier events within its bound, even if this
 * supervisor has not been closed before.
 *
 * <p>
 * Two threads exist from the first start until the supervisor is closed: one makes the
 * decisions and stops processes, the other one logs. If the machine has no thread left,
 * the start of a process may be delayed and is then treated as a failed start. Stopping
 * and closing are not affected.
 */
public final class ProcessSupervisor implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(ProcessSupervisor.class);

	private final ProcessLauncher launcher;

	private final TimeSource time;

	private final SupervisorThreads threads;

	/** Removes this supervisor from the close of the manager. */
	private final Runnable forget;

	/** Guards writes of the two fields below. */
	private final Object lock = new Object();

	private volatile Map<String, SupervisedProgram> programs = Map.of();

	private volatile boolean closed;

	ProcessSupervisor(ProcessLauncher launcher, SupervisorThreads threads) {
		this.launcher = launcher;
		this.time = launcher.timeSource();
		this.threads = threads;
		this.forget = launcher.onLastEvents(this::managerClosed);
	}

	/**
	 * Create a supervisor. It has no thread until a program is started.
	 * @param launcher starts the processes, from {@code ProcessManager.launcher()}; the
	 * manager must be closed after the supervisor
	 * @return a new supervisor, to be closed by the caller
	 */
	public static ProcessSupervisor create(ProcessLauncher launcher) {
		return new ProcessSupervisor(launcher, new SupervisorThreads(launcher.timeSource()));
	}

	/**
	 * Add a program without starting it.
	 * @param program the program
	 * @throws IllegalArgumentException if there is already a program of that name
	 * @throws IllegalStateException if this supervisor is closed
	 */
	public void add(Program program) {
		synchronized (this.lock) {
			checkOpen();
			if (this.programs.containsKey(program.name())) {
				throw new IllegalArgumentException("Program '" + program.name() + "' already exists");
			}
			Map<String, SupervisedProgram> changed = new LinkedHashMap<>(this.programs);
			changed.put(program.name(), new SupervisedProgram(program, this.launcher, this.threads, this.time));
			this.programs = Collections.unmodifiableMap(changed);
		}
	}

	/**
	 * Start all programs that are to be started automatically, in the order they were
	 * added, without waiting for one before starting the next.
	 * @return a future that completes when all of them have been started or failed to
	 * start
	 * @throws IllegalStateException if this supervisor is closed
	 */
	public CompletableFuture<List<ProgramStatus>> start() {
		checkOpen();
		this.threads.begin();
		return completeLater(
				all(this.programs.values().stream().filter((program) -> program.program().autostart()).toList(),
						new ProgramInput.Start()));
	}

	/**
	 * Start a program. A program that waits for its restart is started immediately. A
	 * running program is left unchanged. A program that is being stopped is started after
	 * that. A failed start is treated as a crash by the restart policy.
	 * @param name the name of the program
	 * @return a future that completes with the status after the start
	 * @throws IllegalArgumentException if there is no program of that name
	 * @throws IllegalStateException if this supervisor is closed
	 */
	public CompletableFuture<ProgramStatus> start(String name) {
		return ask(name, new ProgramInput.Start());
	}

	/**
	 * Stop all programs in parallel. A program that is already being stopped keeps its
	 * stop grace.
	 * @return a future that completes when all programs have been stopped
	 */
	public CompletableFuture<List<ProgramStatus>> stop() {
		return completeLater(all(this.programs.values(), new ProgramInput.Stop(false)));
	}

	/**
	 * Stop a program in any state and do not restart it: its stop signal is sent to the
	 * whole process tree, and KILL once the stop grace has elapsed. A second call during
	 * the stop kills the program immediately.
	 * @param name the name of the program
	 * @return a future that completes with the status after the stop
	 * @throws IllegalArgumentException if there is no program of that name
	 */
	public CompletableFuture<ProgramStatus> stop(String name) {
		return completeLater(program(name).ask(new ProgramInput.Stop(true)));
	}

	/**
	 * Stop a program if it is running, and start it. This does not count as a restart by
	 * its policy.
	 * @param name the name of the program
	 * @return a future that completes with the status after the start
	 * @throws IllegalArgumentException if there is no program of that name
	 * @throws IllegalStateException if this supervisor is closed
	 */
	public CompletableFuture<ProgramStatus> restart(String name) {
		return ask(name, new ProgramInput.Restart());
	}

	/**
	 * Return the status of all programs.
	 * @return a snapshot, in the order the programs were added
	 */
	public List<ProgramStatus> programs() {
		this.time.polled(this);
		return statuses();
	}

	private List<ProgramStatus> statuses() {
		return this.programs.values().stream().map(SupervisedProgram::status).toList();
	}

	/**
	 * Return the status of a program.
	 * @param name the name of the program
	 * @return a snapshot, or empty if there is no program of that name
	 */
	public Optional<ProgramStatus> find(String name) {
		SupervisedProgram program = this.programs.get(name);
		if (program == null) {
			return Optional.empty();
		}
		this.time.polled(program);
		return Optional.of(program.status());
	}

	/**
	 * Stop all programs in parallel and reject further requests to start. Return when all
	 * programs have been stopped. Programs that have not been stopped although each step
	 * (a start in progress, the process, and the processes that it left behind) was
	 * allowed its stop grace and the time after which the launcher abandons a process are
	 * logged and no longer awaited. Return early with the interrupt flag set if the
	 * thread is interrupted. A second call waits like the first.
	 */
	@Override
	public void close() {
		synchronized (this.lock) {
			this.closed = true;
		}
		if (this.time.executor() == null && !this.threads.isBegun()) {
			// nothing was ever started
			this.threads.close();
			this.forget.run();
			return;
		}
		Collection<SupervisedProgram> all = this.programs.values();
		CompletableFuture<Void> down = all(all, new ProgramInput.Close()).thenRun(this.threads::close);
		try {
			if (!this.time.await(down, bound(all))) {
				this.threads.close();
				logger.warn("Programs have not stopped in time and are no longer waited for: {}", statuses());
			}
			this.threads.awaitReports();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		finally {
			this.forget.run();
		}
	}

	// completes when the last state of each program is known
	private CompletableFuture<?> managerClosed() {
		if (this.time.executor() == null && !this.threads.isBegun()) {
			// nothing was ever started
			return CompletableFuture.completedFuture(null);
		}
		return all(this.programs.values(), new ProgramInput.ManagerClosed());
	}

	@Override
	public String toString() {
		return "the programs " + this.programs.keySet();
	}

	private static long bound(Collection<SupervisedProgram> programs) {
		return programs.stream().mapToLong((program) -> program.downWithin().toNanos()).max().orElse(0);
	}

	private SupervisedProgram program(String name) {
		SupervisedProgram program = this.programs.get(name);
		if (program == null) {
			throw new IllegalArgumentException(
					"No such program '" + name + "'; programs are: " + this.programs.keySet());
		}
		return program;
	}

	private void checkOpen() {
		if (this.closed) {
			throw new IllegalStateException("The supervisor is closed");
		}
	}

	private CompletableFuture<ProgramStatus> ask(String name, ProgramInput request) {
		checkOpen();
		SupervisedProgram program = program(name);
		this.threads.begin();
		return completeLater(program.ask(request));
	}

	// completes on the loop
	private CompletableFuture<List<ProgramStatus>> all(Collection<SupervisedProgram> programs, ProgramInput request) {
		List<CompletableFuture<ProgramStatus>> each = programs.stream().map((program) -> program.ask(request)).toList();
		CompletableFuture<List<ProgramStatus>> all = this.time.newFuture();
		CompletableFuture.allOf(each.toArray(CompletableFuture[]::new))
			.thenRun(() -> all.complete(each.stream().map(CompletableFuture::join).toList()));
		return all;
	}

	/**
	 * Create the future for the caller. It is not completed on the loop, since code of
	 * the application may depend on it.
	 */
	private <T> CompletableFuture<T> completeLater(CompletableFuture<T> settled) {
		CompletableFuture<T> completed = this.time.newFuture();
		settled.thenAccept((value) -> this.threads.complete(() -> completed.complete(value)));
		// the effect of the request is visible from now on
		this.threads.awaitLoop();
		this.time.settle();
		return completed;
	}

}
