package io.procession.execution;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import io.procession.concurrent.Nanos;
import io.procession.process.ProcessInterruptedException;
import io.procession.process.ProcessResult;
import io.procession.process.Signal;

/**
 * A single execution of a pipeline: its programs, each a {@link ProcessExecution}, and
 * its Java stages. Enforces the deadline of the pipeline.
 */
final class PipelineExecution {

	private final ExecutionContext context;

	private final String name;

	private final List<ProcessExecution> processes;

	private final List<StreamStageExecution> streams;

	private final PipelineStopper stopper;

	private final boolean pipefail;

	private final CompletableFuture<Void> ended;

	PipelineExecution(ExecutionContext context, String name, List<ProcessExecution> processes,
			List<StreamStageExecution> streams, PipelineStopper stopper, boolean pipefail) {
		this.context = context;
		this.ended = context.time().newFuture();
		this.name = name;
		this.processes = List.copyOf(processes);
		this.streams = List.copyOf(streams);
		this.stopper = stopper;
		this.pipefail = pipefail;
	}

	/**
	 * Begin the execution. The programs are already running.
	 * @param sharedDeadline the timeout of the pipeline, or {@code null} for none
	 */
	void begin(@Nullable SharedDeadline sharedDeadline) {
		if (sharedDeadline != null) {
			Deadline deadline = new Deadline(this.context, sharedDeadline.since(), sharedDeadline.timeout());
			deadline.watch(() -> this.stopper.stop(ExecutionPlan::toTimeOut));
			this.ended.thenRun(deadline::cancel);
		}
		this.streams.forEach(StreamStageExecution::begin);
		Stream<CompletableFuture<?>> ends = Stream.concat(this.processes.stream().map(ProcessExecution::onExit),
				this.streams.stream().map(StreamStageExecution::ended));
		CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new))
			.thenRun(() -> this.stopper.close(() -> this.ended.complete(null)));
	}

	String name() {
		return this.name;
	}

	List<ProcessExecution> processes() {
		return this.processes;
	}

	void signal(Signal signal) {
		long reached = this.processes.stream().filter((process) -> process.trySignal(signal)).count();
		if (reached == 0) {
			throw new IllegalStateException(
					"The pipeline '" + this.name + "' has ended: signal " + signal + " can no longer be delivered");
		}
	}

	void stop(@Nullable Duration grace) {
		if (grace != null && grace.isNegative()) {
			throw new IllegalArgumentException("The grace period must not be negative: " + grace);
		}
		this.stopper.stop((plan) -> plan.toStop(grace));
		awaitStopped();
	}

	void kill() {
		this.stopper.stop(ExecutionPlan::toKill);
		awaitStopped();
	}

	/**
	 * Begin to stop the pipeline because its result is no longer needed; does not wait.
	 */
	void abort() {
		this.stopper.stop(ExecutionPlan::toAbort);
	}

	private void awaitStopped() {
		try {
			this.stopper.awaitGone();
		}
		catch (InterruptedException ex) {
			throw interrupted("its pipeline is still being stopped", null, ex);
		}
	}

	CompletableFuture<PipelineResult> onExit() {
		return this.ended.thenApply((done) -> result());
	}

	/**
	 * Return a future as {@link #onExit()} does, but which fails if {@code run()} would
	 * throw.
	 */
	CompletableFuture<PipelineResult> onEnd() {
		return this.ended.thenApply((done) -> resultOrThrow());
	}

	private PipelineResult result() {
		List<ProcessResult> results = this.processes.stream().map(ProcessExecution::result).toList();
		StreamStageException failure = this.streams.stream()
			.flatMap((stream) -> stream.failure(results.get(results.size() - 1)).stream())
			.findFirst()
			.orElse(null);
		return new PipelineResult(results, this.pipefail, failure);
	}

	private PipelineResult resultOrThrow() {
		// the last stage first: its output is that of the pipeline
		for (int i = this.processes.size() - 1; i >= 0; i--) {
			this.processes.get(i).throwIfCutShort();
		}
		PipelineResult result = result();
		result.streamFailure().ifPresent((failure) -> {
			throw failure;
		});
		return result;
	}

	/** Wait as {@code run()} does: an interrupt stops the pipeline. */
	PipelineResult attend() {
		try {
			this.ended.get();
		}
		catch (InterruptedException ex) {
			abort();
			this.ended.join();
			throw interrupted("its pipeline was stopped", result().result(), ex);
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException(ex.getCause());
		}
		return resultOrThrow();
	}

	PipelineResult waitFor() {
		this.processes.forEach((process) -> process.waits().refuseListener());
		this.streams.forEach(StreamStageExecution::refuseToWaitForItself);
		try {
			this.ended.get();
		}
		catch (InterruptedException ex) {
			throw interrupted("its pipeline was left running; use stop() to end it", null, ex);
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException(ex.getCause());
		}
		return resultOrThrow();
	}

	Optional<PipelineResult> waitFor(Duration timeout) {
		try {
			this.ended.get(Nanos.of(timeout), TimeUnit.NANOSECONDS);
		}
		catch (InterruptedException ex) {
			throw interrupted("its pipeline was left running; use stop() to end it", null, ex);
		}
		catch (TimeoutException ex) {
			return Optional.empty();
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException(ex.getCause());
		}
		return Optional.of(resultOrThrow());
	}

	private ProcessInterruptedException interrupted(String outcome, @Nullable ProcessResult soFar,
			InterruptedException ex) {
		Thread.currentThread().interrupt();
		return new ProcessInterruptedException(this.processes.get(0).spec().command(), outcome, soFar, ex);
	}

}
