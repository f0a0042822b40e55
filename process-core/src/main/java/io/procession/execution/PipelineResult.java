package io.procession.execution;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;

import io.procession.process.ExitCause;
import io.procession.process.ProcessFailedException;
import io.procession.process.ProcessResult;
import io.procession.process.Signal;

/**
 * Result of a pipeline: the result of its last stage and those of all its programs.
 * <i>Immutable, thread-safe.</i>
 */
public final class PipelineResult {

	private final List<ProcessResult> stages;

	private final boolean pipefail;

	private final @Nullable StreamStageException streamFailure;

	PipelineResult(List<ProcessResult> stages, boolean pipefail, @Nullable StreamStageException streamFailure) {
		this.stages = List.copyOf(stages);
		this.pipefail = pipefail;
		this.streamFailure = streamFailure;
	}

	/**
	 * Return the result of the last stage, whose output is that of the pipeline.
	 * @return the result
	 */
	public ProcessResult result() {
		return this.stages.get(this.stages.size() - 1);
	}

	/**
	 * Return the results of all programs in order, with exit code, cause and standard
	 * error. Only the last result has standard output.
	 * @return the results
	 */
	public List<ProcessResult> stages() {
		return this.stages;
	}

	/**
	 * Return the exit code of the last stage.
	 * @return 0 to 255
	 */
	public int exitCode() {
		return result().exitCode();
	}

	/**
	 * Return the standard output of the last stage as text.
	 * @return the text
	 */
	public String output() {
		return result().output();
	}

	/**
	 * Return the standard output of the last stage as bytes.
	 * @return a new array
	 */
	public byte[] outputBytes() {
		return result().outputBytes();
	}

	/**
	 * Return the lines of the last stage's standard output.
	 * @return the lines, a new list
	 */
	public List<String> outputLines() {
		return result().outputLines();
	}

	/**
	 * Return the standard error of all stages, concatenated in order.
	 * @return the text
	 */
	public String errorOutput() {
		StringBuilder text = new StringBuilder();
		this.stages.forEach((stage) -> text.append(stage.errorOutput()));
		return text.toString();
	}

	/**
	 * Return the first program whose failure makes the pipeline fail. A program that was
	 * ended by PIPE because the next stage stopped reading is not considered failed: if
	 * anything went wrong, it did so in that next stage. A program that was stopped or
	 * exceeded its timeout is considered failed, regardless of the signal that ended it.
	 * @return the result, or empty if the pipeline was successful or a Java stage failed,
	 * see {@link #streamFailure()}
	 */
	public Optional<ProcessResult> failedStage() {
		if (this.streamFailure != null) {
			return Optional.empty();
		}
		if (!this.pipefail) {
			return result().failed() ? Optional.of(result()) : Optional.empty();
		}
		int last = this.stages.size() - 1;
		return IntStream.rangeClosed(0, last)
			.filter((index) -> !isFine(this.stages.get(index), index == last))
			.mapToObj(this.stages::get)
			.findFirst();
	}

	private static boolean isFine(ProcessResult stage, boolean last) {
		// not if it was stopped or timed out: PIPE does not mean then that the next stage
		// had read enough
		boolean hadEnoughReader = !last && stage.cause() == ExitCause.SIGNALED
				&& stage.exitCode() == Signal.PIPE.exitCode();
		return stage.successful() || hadEnoughReader;
	}

	/**
	 * Return the failure of the Java stage for which the pipeline was stopped. It is
	 * present even if pipefail is off, so that its exception is not lost.
	 * @return the exception that {@link Pipeline#run()} throws, or empty if no Java stage
	 * failed
	 */
	public Optional<StreamStageException> streamFailure() {
		return Optional.ofNullable(this.streamFailure);
	}

	/**
	 * Return whether the pipeline was successful: all its stages, or, with pipefail off,
	 * the last stage and the Java stages.
	 * @return whether it was successful
	 */
	public boolean successful() {
		return this.streamFailure == null && failedStage().isEmpty();
	}

	/**
	 * Return whether the pipeline failed, the opposite of {@link #successful()}.
	 * @return whether it failed
	 */
	public boolean failed() {
		return !successful();
	}

	/**
	 * Throw an exception if the pipeline failed.
	 * @return this result if it was successful
	 * @throws StreamStageException if a Java stage failed
	 * @throws ProcessFailedException with the result of {@link #failedStage()}
	 */
	public PipelineResult throwIfFailed() {
		if (this.streamFailure != null) {
			throw this.streamFailure;
		}
		failedStage().ifPresent((stage) -> {
			throw new ProcessFailedException(stage);
		});
		return this;
	}

	@Override
	public String toString() {
		return "PipelineResult" + this.stages;
	}

}
