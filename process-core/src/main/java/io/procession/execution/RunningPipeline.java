package io.procession.execution;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiPredicate;

import io.procession.process.OutputType;
import io.procession.process.Signal;

/**
 * A pipeline that was started. <i>Thread-safe.</i>
 */
public final class RunningPipeline {

	private final PipelineRun run;

	RunningPipeline(PipelineRun run) {
		this.run = run;
	}

	/**
	 * What it is called.
	 * @return the name, by default its stages' names
	 */
	public String name() {
		return this.run.name();
	}

	/**
	 * The programs in order.
	 * @return a handle to each
	 */
	public List<RunningProcess> stages() {
		return this.run.processes().stream().map(RunningProcess::new).toList();
	}

	private RunningProcess last() {
		List<RunningProcess> stages = stages();
		return stages.get(stages.size() - 1);
	}

	/**
	 * Whether a stage still runs.
	 * @return whether one does
	 */
	public boolean isRunning() {
		return stages().stream().anyMatch(RunningProcess::isRunning);
	}

	/**
	 * The standard input of the first stage.
	 * @return the stream
	 * @throws IllegalStateException if its input was given in advance
	 */
	public StandardInput stdin() {
		return stages().get(0).stdin();
	}

	/**
	 * What the last stage has written so far, as far as it is kept.
	 * @return the text
	 */
	public String output() {
		return last().output();
	}

	/**
	 * What the last stage has written since this was last asked.
	 * @return the text, empty if there is nothing new
	 */
	public String latestOutput() {
		return last().latestOutput();
	}

	/**
	 * Waits until a line of the last stage matches; see
	 * {@link RunningProcess#waitUntil(BiPredicate, Duration)}.
	 * @param condition looks at a line
	 * @param timeout at most so long
	 * @return whether a line matched in time
	 */
	public boolean waitUntil(BiPredicate<OutputType, String> condition, Duration timeout) {
		return last().waitUntil(condition, timeout);
	}

	/**
	 * Sends a signal to every stage that runs, and returns.
	 * @param signal what to send
	 * @throws IllegalStateException if all stages have ended
	 */
	public void signal(Signal signal) {
		this.run.signal(signal);
	}

	/**
	 * Stops every stage with its tree, at once and in parallel, as
	 * {@link RunningProcess#stop()} does, and what the stages that have ended left
	 * behind, and returns when all are gone. Does nothing if all stages have ended.
	 * @throws io.procession.process.ProcessInterruptedException if this thread was
	 * interrupted; the stop goes on
	 */
	public void stop() {
		this.run.stop(null);
	}

	/**
	 * Stops every stage with its tree with another grace.
	 * @param grace how long they have after the stop signal; zero means KILL at once
	 */
	public void stop(Duration grace) {
		this.run.stop(Objects.requireNonNull(grace, "grace"));
	}

	/**
	 * Kills every stage with its tree and returns when all are gone.
	 */
	public void kill() {
		this.run.kill();
	}

	/**
	 * Waits for the end of all stages.
	 * @return the result
	 * @throws IllegalStateException if called by one of its own listeners or stages in
	 * Java while it has not ended: its end waits for them
	 * @throws io.procession.process.ProcessTimedOutException if its time was over
	 * @throws StreamStageException if a stage in Java failed
	 * @throws io.procession.process.ProcessInterruptedException if this thread was
	 * interrupted; the pipeline goes on
	 */
	public PipelineResult waitFor() {
		return this.run.waitFor();
	}

	/**
	 * Waits for the end of all stages, but not for ever. Does not stop it.
	 * @param timeout at most so long
	 * @return the result, or empty if it still runs
	 * @throws io.procession.process.ProcessTimedOutException if its own time was over
	 * @throws StreamStageException if a stage in Java failed
	 * @throws io.procession.process.ProcessInterruptedException if this thread was
	 * interrupted; the pipeline goes on
	 */
	public Optional<PipelineResult> waitFor(Duration timeout) {
		return this.run.waitFor(timeout);
	}

	/**
	 * Its result, later. Completes normally however its stages ended, on a thread of the
	 * manager.
	 * @return a future of its own: cancelling it stops nothing
	 */
	public CompletableFuture<PipelineResult> onExit() {
		return this.run.onExit();
	}

	@Override
	public String toString() {
		return "RunningPipeline[" + name() + "]";
	}

}
