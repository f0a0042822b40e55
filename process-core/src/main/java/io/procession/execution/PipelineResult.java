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
 * How a pipeline ended: the result of its last stage, and that of each. <i>Immutable,
 * thread-safe.</i>
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
	 * The result of the last stage, whose output is the pipeline's.
	 * @return the result
	 */
	public ProcessResult result() {
		return this.stages.get(this.stages.size() - 1);
	}

	/**
	 * The result of every program in order, with its exit code, cause and standard error.
	 * Only the last has standard output.
	 * @return the results
	 */
	public List<ProcessResult> stages() {
		return this.stages;
	}

	/**
	 * The last stage's exit code.
	 * @return 0 to 255
	 */
	public int exitCode() {
		return result().exitCode();
	}

	/**
	 * The last stage's standard output as text.
	 * @return the text
	 */
	public String output() {
		return result().output();
	}

	/**
	 * The last stage's standard output byte for byte.
	 * @return a new array
	 */
	public byte[] outputBytes() {
		return result().outputBytes();
	}

	/**
	 * The lines of the last stage's standard output.
	 * @return the lines, a new list
	 */
	public List<String> outputLines() {
		return result().outputLines();
	}

	/**
	 * The standard error of all stages, one after the other.
	 * @return the text
	 */
	public String errorOutput() {
		StringBuilder text = new StringBuilder();
		this.stages.forEach((stage) -> text.append(stage.errorOutput()));
		return text.toString();
	}

	/**
	 * The first program whose failure fails the pipeline. One that died of PIPE because
	 * the stage after it read no more is no failure: if something went wrong, it did so
	 * there. One that was stopped or out of time is, whatever it died of.
	 * @return the result, or empty if the pipeline was successful or a stage in Java
	 * failed, see {@link #streamFailure()}
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
		// not if it was stopped or out of time: then nobody was satisfied
		boolean hadEnoughReader = !last && stage.cause() == ExitCause.SIGNALED
				&& stage.exitCode() == Signal.PIPE.exitCode();
		return stage.successful() || hadEnoughReader;
	}

	/**
	 * The stage in Java that failed, for which the pipeline was stopped. With pipefail
	 * off, too: its exception must not get lost.
	 * @return what {@link Pipeline#run()} throws, or empty if none failed
	 */
	public Optional<StreamStageException> streamFailure() {
		return Optional.ofNullable(this.streamFailure);
	}

	/**
	 * Whether the pipeline was successful: all stages, or with pipefail off the last and
	 * those in Java.
	 * @return whether it was
	 */
	public boolean successful() {
		return this.streamFailure == null && failedStage().isEmpty();
	}

	/**
	 * The opposite of {@link #successful()}.
	 * @return whether it failed
	 */
	public boolean failed() {
		return !successful();
	}

	/**
	 * Turns a failure into an exception.
	 * @return this result if it was successful
	 * @throws StreamStageException if a stage in Java failed
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
