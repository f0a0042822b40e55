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

import io.procession.engine.TimeSource;
import io.procession.execution.ProcessLauncher;

/**
 * Keeps programs alive: starts them, starts them again as their {@link RestartPolicy}
 * says, and stops them.
 *
 * <p>
 * What is asked for happens in the background; each call returns at once, with a future
 * that completes when the program is neither {@link ProgramState#STARTING STARTING} nor
 * {@link ProgramState#STOPPING STOPPING} any more and that tells how it is then. The
 * futures never fail, and cancelling one changes nothing. Only {@link #close()} blocks.
 * <i>Thread-safe.</i>
 *
 * <p>
 * Two threads exist from the first start to the close: one decides and stops, the other
 * logs. A machine that has no thread left may delay the start of a process, which is then
 * treated as a start that failed, but neither a stop nor a close.
 */
public final class ProcessSupervisor implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(ProcessSupervisor.class);

	private final ProcessLauncher launcher;

	private final TimeSource time;

	private final SupervisorThreads threads;

	/** Guards the two below for writing. */
	private final Object lock = new Object();

	private volatile Map<String, SupervisedProgram> programs = Map.of();

	private volatile boolean closed;

	ProcessSupervisor(ProcessLauncher launcher, SupervisorThreads threads) {
		this.launcher = launcher;
		this.time = launcher.timeSource();
		this.threads = threads;
	}

	/**
	 * Create a supervisor. It has no thread until a program is started.
	 * @param launcher starts the processes, usually a {@code ProcessManager}; it must be
	 * closed after the supervisor
	 * @return a new supervisor, to be closed
	 */
	public static ProcessSupervisor create(ProcessLauncher launcher) {
		return new ProcessSupervisor(launcher, new SupervisorThreads(launcher.timeSource()));
	}

	/**
	 * Takes a program in, without starting it.
	 * @param program the program
	 * @throws IllegalArgumentException if there is one of that name
	 * @throws IllegalStateException if this is closed
	 */
	public void add(Program program) {
		synchronized (this.lock) {
			checkOpen();
			if (this.programs.containsKey(program.name())) {
				throw new IllegalArgumentException("There is a program '" + program.name() + "' already");
			}
			Map<String, SupervisedProgram> changed = new LinkedHashMap<>(this.programs);
			changed.put(program.name(), new SupervisedProgram(program, this.launcher, this.threads, this.time));
			this.programs = Collections.unmodifiableMap(changed);
		}
	}

	/**
	 * Starts all programs that are to start by themselves, in the order they were added;
	 * none waits for another.
	 * @return completes when all have been started, or could not be
	 * @throws IllegalStateException if this is closed
	 */
	public CompletableFuture<List<ProgramStatus>> start() {
		checkOpen();
		this.threads.begin();
		return tell(all(this.programs.values().stream().filter((program) -> program.program().autostart()).toList(),
				new ProgramInput.Start()));
	}

	/**
	 * Starts a program. One that waits for its restart is started now; one that runs is
	 * left alone; one that is being stopped is started when that is done. A start that
	 * fails is treated by its policy as a crash.
	 * @param name which program
	 * @return how it is after the start
	 * @throws IllegalArgumentException if there is none of that name
	 * @throws IllegalStateException if this is closed
	 */
	public CompletableFuture<ProgramStatus> start(String name) {
		return ask(name, new ProgramInput.Start());
	}

	/**
	 * Stops all programs, in parallel. One that is being stopped already keeps its grace.
	 * @return completes when all are down
	 */
	public CompletableFuture<List<ProgramStatus>> stop() {
		return tell(all(this.programs.values(), new ProgramInput.Stop(false)));
	}

	/**
	 * Stops a program, whatever it is doing, and does not restart it: its stop signal to
	 * the whole tree, its grace, KILL. A second call while the first is at work kills it
	 * at once.
	 * @param name which program
	 * @return how it is after the stop
	 * @throws IllegalArgumentException if there is none of that name
	 */
	public CompletableFuture<ProgramStatus> stop(String name) {
		return tell(program(name).ask(new ProgramInput.Stop(true)));
	}

	/**
	 * Stops a program if it runs, and starts it. Does not count as a restart by its
	 * policy.
	 * @param name which program
	 * @return how it is after the start
	 * @throws IllegalArgumentException if there is none of that name
	 * @throws IllegalStateException if this is closed
	 */
	public CompletableFuture<ProgramStatus> restart(String name) {
		return ask(name, new ProgramInput.Restart());
	}

	/**
	 * How the programs are.
	 * @return a snapshot, in the order they were added
	 */
	public List<ProgramStatus> programs() {
		return this.programs.values().stream().map(SupervisedProgram::status).toList();
	}

	/**
	 * How a program is.
	 * @param name which program
	 * @return a snapshot, or empty if there is none of that name
	 */
	public Optional<ProgramStatus> find(String name) {
		return Optional.ofNullable(this.programs.get(name)).map(SupervisedProgram::status);
	}

	/**
	 * Stop all programs, in parallel, and accept no more. Return when all are down.
	 * Programs that are not, though each step (a start in flight, the process, and what
	 * it left behind) has had its stop grace and the time that the launcher takes to give
	 * a process up, are logged and no longer waited for. Return early, with the flag set,
	 * if the thread is interrupted. A second call waits as the first does.
	 */
	@Override
	public void close() {
		synchronized (this.lock) {
			this.closed = true;
		}
		if (this.time.executor() == null && !this.threads.isBegun()) {
			// nothing was ever started
			this.threads.close();
			return;
		}
		Collection<SupervisedProgram> all = this.programs.values();
		CompletableFuture<Void> down = all(all, new ProgramInput.Close()).thenRun(this.threads::close);
		try {
			if (!this.time.await(down, bound(all))) {
				this.threads.close();
				logger.warn("Programs are not down and no longer waited for: {}", programs());
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static long bound(Collection<SupervisedProgram> programs) {
		return programs.stream().mapToLong((program) -> program.downWithin().toNanos()).max().orElse(0);
	}

	private SupervisedProgram program(String name) {
		SupervisedProgram program = this.programs.get(name);
		if (program == null) {
			throw new IllegalArgumentException(
					"There is no program '" + name + "': there are " + this.programs.keySet());
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
		return tell(program.ask(request));
	}

	// completes on the loop
	private CompletableFuture<List<ProgramStatus>> all(Collection<SupervisedProgram> programs, ProgramInput request) {
		List<CompletableFuture<ProgramStatus>> each = programs.stream().map((program) -> program.ask(request)).toList();
		CompletableFuture<List<ProgramStatus>> all = this.time.newFuture();
		CompletableFuture.allOf(each.toArray(CompletableFuture[]::new))
			.thenRun(() -> all.complete(each.stream().map(CompletableFuture::join).toList()));
		return all;
	}

	/** Hand a future out: foreign code may hang on it, and must not run on the loop. */
	private <T> CompletableFuture<T> tell(CompletableFuture<T> settled) {
		CompletableFuture<T> told = this.time.newFuture();
		settled.thenAccept((value) -> this.threads.tell(() -> told.complete(value)));
		// what was asked for shows from now on
		this.threads.awaitLoop();
		this.time.settle();
		return told;
	}

}
