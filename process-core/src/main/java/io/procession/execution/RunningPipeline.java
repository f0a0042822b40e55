package io.procession.execution;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiPredicate;

import io.procession.execution.output.StandardInput;
import io.procession.process.OutputType;
import io.procession.process.Signal;

/** A handle to a pipeline that was started. <i>Thread-safe.</i> */
public final class RunningPipeline {

	private final PipelineExecution execution;

	RunningPipeline(PipelineExecution execution) {
		this.execution = execution;
	}

	/**
	 * Return the name of the pipeline.
	 * @return the name, by default derived from the names of its stages
	 */
	public String name() {
		return this.execution.name();
	}

	/**
	 * Return the programs in order.
	 * @return a handle to each program
	 */
	public List<RunningProcess> stages() {
		return this.execution.processes().stream().map(RunningProcess::new).toList();
	}

	private RunningProcess last() {
		List<RunningProcess> stages = stages();
		return stages.get(stages.size() - 1);
	}

	/**
	 * Return whether at least one stage is running.
	 * @return whether a stage is running
	 */
	public boolean isRunning() {
		return stages().stream().anyMatch(RunningProcess::isRunning);
	}

	/**
	 * Return the standard input of the first stage.
	 * @return the stream
	 * @throws IllegalStateException if the input was configured in advance
	 */
	public StandardInput stdin() {
		return stages().get(0).stdin();
	}

	/**
	 * Return the captured output of the last stage so far.
	 * @return the text
	 */
	public String output() {
		return last().output();
	}

	/**
	 * Return the output of the last stage that has been captured since the last call.
	 * @return the text, empty if there is nothing new
	 */
	public String latestOutput() {
		return last().latestOutput();
	}

	/**
	 * Wait until a line of the last stage matches; see
	 * {@link RunningProcess#waitUntil(BiPredicate, Duration)}.
	 * @param condition tests a line of a stream
	 * @param timeout the maximum time to wait
	 * @return whether a line matched in time
	 */
	public boolean waitUntil(BiPredicate<OutputType, String> condition, Duration timeout) {
		return last().waitUntil(condition, timeout);
	}

	/**
	 * Send a signal to each stage that is running, and return.
	 * @param signal the signal
	 * @throws IllegalStateException if all stages have ended
	 */
	public void signal(Signal signal) {
		this.execution.signal(signal);
	}

	/**
	 * Stop all stages with their trees in parallel, as {@link RunningProcess#stop()}
	 * does, including the remaining descendants of stages that have ended, and return
	 * when all are gone. This method does nothing if all stages have ended.
	 * @throws io.procession.process.ProcessInterruptedException if this thread was
	 * interrupted; the stop continues
	 */
	public void stop() {
		this.execution.stop(null);
	}

	/**
	 * Stop all stages with their trees with the given grace period.
	 * @param grace the grace period after the stop signal; zero means immediate KILL
	 */
	public void stop(Duration grace) {
		this.execution.stop(Objects.requireNonNull(grace, "grace"));
	}

	/** Kill all stages with their trees and return when all are gone. */
	public void kill() {
		this.execution.kill();
	}

	/**
	 * Wait for all stages to end.
	 * @return the result
	 * @throws IllegalStateException if called by a listener or a Java stage of this
	 * pipeline before the pipeline has ended, since the end of the pipeline waits for
	 * them
	 * @throws io.procession.process.ProcessTimedOutException if a timeout was exceeded
	 * @throws StreamStageException if a Java stage failed
	 * @throws io.procession.process.ProcessInterruptedException if this thread was
	 * interrupted; the pipeline continues
	 */
	public PipelineResult waitFor() {
		return this.execution.waitFor();
	}

	/**
	 * Wait for all stages to end, at most for the given time. The pipeline is not
	 * stopped.
	 * @param timeout the maximum time to wait
	 * @return the result, or empty if the pipeline is still running
	 * @throws io.procession.process.ProcessTimedOutException if a timeout of the pipeline
	 * was exceeded
	 * @throws StreamStageException if a Java stage failed
	 * @throws io.procession.process.ProcessInterruptedException if this thread was
	 * interrupted; the pipeline continues
	 */
	public Optional<PipelineResult> waitFor(Duration timeout) {
		return this.execution.waitFor(timeout);
	}

	/**
	 * Return a future with the result. It completes normally, regardless of how the
	 * stages ended, on a thread of the manager.
	 * @return a new future: canceling it stops nothing
	 */
	public CompletableFuture<PipelineResult> onExit() {
		return this.execution.onExit();
	}

	@Override
	public String toString() {
		return "RunningPipeline[" + name() + "]";
	}

}
