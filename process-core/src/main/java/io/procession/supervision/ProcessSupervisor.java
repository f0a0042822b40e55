package io.procession.supervision;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

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
 */
public final class ProcessSupervisor implements AutoCloseable {

	private static final Duration THREAD_IDLE = Duration.ofSeconds(10);

	private final ProcessLauncher launcher;

	private final TimeSource time;

	private final ScheduledExecutorService scheduler;

	private final Executor executor;

	private final Runnable freeThreads;

	/** Guards the two below for writing. */
	private final Object lock = new Object();

	private volatile Map<String, SupervisedProgram> programs = Map.of();

	private volatile boolean closed;

	private ProcessSupervisor(Builder builder) {
		this.launcher = builder.launcher;
		this.time = (builder.timeSource != null) ? builder.timeSource : builder.launcher.timeSource();
		ScheduledThreadPoolExecutor ownScheduler = newScheduler();
		ThreadPoolExecutor ownExecutor = newExecutor();
		ScheduledExecutorService givenScheduler = (builder.scheduler != null) ? builder.scheduler
				: this.time.scheduler();
		Executor givenExecutor = (builder.executor != null) ? builder.executor : this.time.executor();
		this.scheduler = (givenScheduler != null) ? givenScheduler : ownScheduler;
		this.executor = (givenExecutor != null) ? givenExecutor : ownExecutor;
		this.freeThreads = () -> {
			ownScheduler.shutdownNow();
			ownExecutor.shutdown();
		};
	}

	// neither has a thread before it has something to do
	private static ScheduledThreadPoolExecutor newScheduler() {
		ScheduledThreadPoolExecutor scheduler = new ScheduledThreadPoolExecutor(1,
				threads("procession-supervisor-timer"));
		scheduler.setRemoveOnCancelPolicy(true);
		scheduler.setKeepAliveTime(THREAD_IDLE.toMillis(), TimeUnit.MILLISECONDS);
		scheduler.allowCoreThreadTimeOut(true);
		return scheduler;
	}

	private static ThreadPoolExecutor newExecutor() {
		return new ThreadPoolExecutor(0, Integer.MAX_VALUE, THREAD_IDLE.toMillis(), TimeUnit.MILLISECONDS,
				new SynchronousQueue<>(), threads("procession-supervisor"));
	}

	private static ThreadFactory threads(String name) {
		AtomicInteger number = new AtomicInteger();
		return (task) -> {
			Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
			thread.setDaemon(true);
			return thread;
		};
	}

	/**
	 * A supervisor with threads of its own.
	 * @param launcher starts the processes, usually a {@code ProcessManager}; it must be
	 * closed after the supervisor
	 * @return a new supervisor, to be closed
	 */
	public static ProcessSupervisor create(ProcessLauncher launcher) {
		return builder(launcher).build();
	}

	/**
	 * Starts a supervisor with other threads or clocks.
	 * @param launcher starts the processes
	 * @return a builder
	 */
	public static Builder builder(ProcessLauncher launcher) {
		return new Builder(launcher);
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
			changed.put(program.name(),
					new SupervisedProgram(program, this.launcher, this.scheduler, this.executor, this.time));
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
		return all(this.programs.values().stream().filter((program) -> program.program().autostart()).toList(),
				SupervisedProgram::start);
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
		checkOpen();
		return program(name).start();
	}

	/**
	 * Stops all programs, in parallel. One that is being stopped already keeps its grace.
	 * @return completes when all are down
	 */
	public CompletableFuture<List<ProgramStatus>> stop() {
		return all(this.programs.values(), (program) -> program.stop(false));
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
		return program(name).stop(true);
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
		checkOpen();
		return program(name).restart();
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
	 * Stops all programs, in parallel, and takes no more. Returns when all are down, at
	 * the latest after the longest stop grace and what the launcher takes to give a
	 * process up; returns early, with the flag set, if the thread is interrupted. The
	 * second call waits as the first does.
	 */
	@Override
	public void close() {
		synchronized (this.lock) {
			this.closed = true;
		}
		CompletableFuture<Void> down = all(this.programs.values(), SupervisedProgram::close).thenRun(this.freeThreads);
		try {
			this.time.await(down, Long.MAX_VALUE);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
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

	private CompletableFuture<List<ProgramStatus>> all(Collection<SupervisedProgram> programs,
			Function<SupervisedProgram, CompletableFuture<ProgramStatus>> action) {
		List<CompletableFuture<ProgramStatus>> each = new ArrayList<>();
		programs.forEach((program) -> each.add(action.apply(program)));
		CompletableFuture<List<ProgramStatus>> all = this.time.newFuture();
		CompletableFuture.allOf(each.toArray(CompletableFuture[]::new))
			.thenRun(() -> all.complete(each.stream().map(CompletableFuture::join).toList()));
		return all;
	}

	/**
	 * Collects what a supervisor is made of. <i>Not thread-safe.</i>
	 */
	public static final class Builder {

		private final ProcessLauncher launcher;

		private @Nullable TimeSource timeSource;

		private @Nullable ScheduledExecutorService scheduler;

		private @Nullable Executor executor;

		private Builder(ProcessLauncher launcher) {
			this.launcher = launcher;
		}

		/**
		 * Other clocks than those of the launcher.
		 * @param value the clocks
		 * @return this builder
		 */
		public Builder timeSource(TimeSource value) {
			this.timeSource = value;
			return this;
		}

		/**
		 * What restarts are scheduled on, instead of what the clocks bring along or a
		 * thread of the supervisor's own. Nothing takes long on it. Not closed with the
		 * supervisor.
		 * @param value the scheduler
		 * @return this builder
		 */
		public Builder scheduler(ScheduledExecutorService value) {
			this.scheduler = value;
			return this;
		}

		/**
		 * What starts, stops and the completion of futures run on, instead of what the
		 * clocks bring along or threads of the supervisor's own. Must run every task at
		 * once on a thread of its own: a stop lasts as long as its process. Not closed
		 * with the supervisor.
		 * @param value the executor
		 * @return this builder
		 */
		public Builder executor(Executor value) {
			this.executor = value;
			return this;
		}

		/**
		 * The supervisor.
		 * @return a new supervisor, to be closed
		 */
		public ProcessSupervisor build() {
			return new ProcessSupervisor(this);
		}

	}

}
