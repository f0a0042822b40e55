package io.procession.execution;

import java.util.List;
import java.util.Optional;

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

	PipelineResult(List<ProcessResult> stages, boolean pipefail) {
		this.stages = List.copyOf(stages);
		this.pipefail = pipefail;
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
	 * The first stage whose failure fails the pipeline. A stage that died of PIPE because
	 * the stage after it had read enough and was successful is no failure.
	 * @return the result, or empty if the pipeline was successful
	 */
	public Optional<ProcessResult> failedStage() {
		if (!this.pipefail) {
			return result().failed() ? Optional.of(result()) : Optional.empty();
		}
		for (int i = 0; i < this.stages.size(); i++) {
			if (!isFine(i)) {
				return Optional.of(this.stages.get(i));
			}
		}
		return Optional.empty();
	}

	private boolean isFine(int index) {
		ProcessResult stage = this.stages.get(index);
		if (stage.successful()) {
			return true;
		}
		boolean last = index == this.stages.size() - 1;
		return !last && stage.exitCode() == Signal.PIPE.exitCode() && isFine(index + 1);
	}

	/**
	 * Whether the pipeline was successful: all stages, or with pipefail off the last.
	 * @return whether it was
	 */
	public boolean successful() {
		return failedStage().isEmpty();
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
	 * @throws ProcessFailedException with the result of the first stage that failed
	 */
	public PipelineResult throwIfFailed() {
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
