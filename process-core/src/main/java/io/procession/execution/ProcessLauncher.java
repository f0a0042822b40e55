package io.procession.execution;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;

import org.jspecify.annotations.Nullable;

import io.procession.engine.TimeSource;
import io.procession.process.ProcessResult;
import io.procession.process.ProcessSpec;

/**
 * The one way to a process: whatever runs something, runs it through here, so that
 * limits, events and shutdown hold for all. Implemented by the manager.
 * <i>Thread-safe.</i>
 */
public interface ProcessLauncher {

	/**
	 * What is to be run, open for more.
	 * @param spec what to run
	 * @return a pending process, which has not started
	 */
	PendingProcess pending(ProcessSpec spec);

	/**
	 * Runs it and waits for its end; see {@link PendingProcess#run()}.
	 * @param pending what to run
	 * @return its result
	 */
	ProcessResult run(PendingProcess pending);

	/**
	 * Starts it; see {@link PendingProcess#start()}.
	 * @param pending what to start
	 * @return a handle to the live process
	 */
	RunningProcess start(PendingProcess pending);

	/**
	 * Starts it as {@link #start} does, but beside the manager's limit: for what lives as
	 * long as the application, such as its programs.
	 * @param pending what to start
	 * @return a handle to the live process
	 */
	RunningProcess startUncounted(PendingProcess pending);

	/**
	 * Runs it while nobody waits; see {@link PendingProcess#runAsync()}.
	 * @param pending what to run
	 * @return its result, later
	 */
	CompletableFuture<ProcessResult> runAsync(PendingProcess pending);

	/**
	 * Start one of the processes of a pool when its turn has come, which it waits for
	 * without a thread. It has the default timeout of {@link #run(PendingProcess) run}
	 * unless it has its own. Nobody writes to it: without input it reads nothing.
	 * @param pending what to start
	 * @param timeout bound on all processes of the pool, which this one ends with
	 * whenever its turn comes, or {@code null} for none
	 * @param since when that began, by the {@link #timeSource() time source}
	 * @param permitted called once it no longer waits for others to end; quick
	 * @return a handle to the live process, later; or what {@link #start} throws
	 */
	CompletableFuture<RunningProcess> startAsync(PendingProcess pending, @Nullable Duration timeout, long since,
			Runnable permitted);

	/**
	 * Find the file that would be executed; see {@link PendingProcess#executable()}.
	 * @param pending what would be started
	 * @return the file, or empty if there is none
	 */
	Optional<Path> executable(PendingProcess pending);

	/**
	 * The defaults and bounds that hold here.
	 * @return the settings
	 */
	ProcessSettings settings();

	/**
	 * The clocks that hold here, and how to wait by them.
	 * @return the time source
	 */
	TimeSource timeSource();

	/**
	 * Runs something later, on a thread of the manager.
	 * @param delay how much later
	 * @param task what to run
	 * @return cancel it to give it up
	 */
	Future<?> schedule(Duration delay, Runnable task);

	/**
	 * Runs something at the end of the manager's close, when nothing that was
	 * {@linkplain #schedule scheduled} comes any more.
	 * @param action is run once, on a thread of the manager; now if it is closed already
	 * @return forgets the action
	 */
	Runnable onClose(Runnable action);

	/**
	 * Runs a pipeline and waits for its end; see {@link Pipeline#run()}.
	 * @param pipeline what to run
	 * @return its result
	 */
	PipelineResult run(Pipeline pipeline);

	/**
	 * Starts a pipeline; see {@link Pipeline#start()}.
	 * @param pipeline what to start
	 * @return a handle to the live pipeline
	 */
	RunningPipeline start(Pipeline pipeline);

	/**
	 * Runs a pipeline while nobody waits; see {@link Pipeline#runAsync()}.
	 * @param pipeline what to run
	 * @return its result, later
	 */
	CompletableFuture<PipelineResult> runAsync(Pipeline pipeline);

}
