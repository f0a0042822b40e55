package io.procession.execution;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.procession.concurrent.TimeSource;
import io.procession.event.ProcessionEvent;
import io.procession.process.ProcessResult;
import io.procession.process.ProcessSpec;

/**
 * The only way to start a process. All features launch processes through this interface,
 * so that limits, events and shutdown apply to all. Applications use the manager;
 * features use its launcher. <i>Thread-safe.</i>
 */
public interface ProcessLauncher {

	/**
	 * Create a process that can be configured further and started.
	 * @param spec the definition of the process
	 * @return a process that has not been started
	 */
	PendingProcess pending(ProcessSpec spec);

	/**
	 * Run a process and wait for it to end; see {@link PendingProcess#run()}.
	 * @param pending the process
	 * @return the result
	 */
	ProcessResult run(PendingProcess pending);

	/**
	 * Start a process; see {@link PendingProcess#start()}.
	 * @param pending the process
	 * @return a handle to the running process
	 */
	RunningProcess start(PendingProcess pending);

	/**
	 * Start a process as {@link #start} does, but without a permit of the concurrency
	 * limit: for processes that live as long as the application, such as its programs.
	 * @param pending the process
	 * @return a handle to the running process
	 */
	RunningProcess startUncounted(PendingProcess pending);

	/**
	 * Run a process asynchronously; see {@link PendingProcess#runAsync()}.
	 * @param pending the process
	 * @return a future with the result
	 */
	CompletableFuture<ProcessResult> runAsync(PendingProcess pending);

	/**
	 * Start a process of a pool as soon as a permit is available, waiting for it without
	 * a thread. The default timeout is that of {@link #run(PendingProcess) run}. Standard
	 * input is empty unless input is configured.
	 * @param pending the process
	 * @param timeout timeout of all processes of the pool, which applies to this process
	 * whenever it is started, or {@code null} for none
	 * @param since the time at which that timeout began, by the {@link #timeSource() time
	 * source}
	 * @param permitted called once a permit has been granted; must return quickly
	 * @return a future with a handle to the running process, or with the exception that
	 * {@link #start} throws
	 */
	CompletableFuture<RunningProcess> startAsync(PendingProcess pending, @Nullable Duration timeout, long since,
			Runnable permitted);

	/**
	 * Find the file that would be executed; see {@link PendingProcess#executable()}.
	 * @param pending the process
	 * @return the file, or empty if there is none
	 */
	Optional<Path> executable(PendingProcess pending);

	/**
	 * Return the defaults and limits of this launcher.
	 * @return the settings
	 */
	ProcessSettings settings();

	/**
	 * Return the time source, which provides the clocks and waits by them.
	 * @return the time source
	 */
	TimeSource timeSource();

	/**
	 * Schedule a task on a thread of the manager.
	 * @param delay the delay
	 * @param task the task
	 * @return a future by which the task can be canceled
	 */
	Future<?> schedule(Duration delay, Runnable task);

	/**
	 * Register an action to be executed at the end of the manager's close, when
	 * {@linkplain #schedule scheduled} tasks are no longer executed.
	 * @param action executed once, on a thread of the manager; immediately if the manager
	 * is already closed
	 * @return removes the action
	 */
	Runnable onClose(Runnable action);

	/**
	 * Register an action with which a feature publishes its last events. The close of the
	 * manager executes it when no process is running any more, and waits for the returned
	 * future, at most for {@code lost-after}, before the event thread ends.
	 * @param action executed once, on the thread that closes the manager; must not block
	 * @return removes the action
	 */
	Runnable onLastEvents(Supplier<CompletableFuture<?>> action);

	/**
	 * Publish an event of a feature to the listeners of the manager. It is delivered on
	 * the event thread after all events that were published before, including those of
	 * processes. Neither blocks nor fails, so that a feature can publish an event after
	 * the operation that it reports. Events published after the manager's close are
	 * discarded.
	 * @param event the event
	 */
	void publish(ProcessionEvent event);

	/**
	 * Run a pipeline and wait for it to end; see {@link Pipeline#run()}.
	 * @param pipeline the pipeline
	 * @return the result
	 */
	PipelineResult run(Pipeline pipeline);

	/**
	 * Start a pipeline; see {@link Pipeline#start()}.
	 * @param pipeline the pipeline
	 * @return a handle to the running pipeline
	 */
	RunningPipeline start(Pipeline pipeline);

	/**
	 * Run a pipeline asynchronously; see {@link Pipeline#runAsync()}.
	 * @param pipeline the pipeline
	 * @return a future with the result
	 */
	CompletableFuture<PipelineResult> runAsync(Pipeline pipeline);

}
