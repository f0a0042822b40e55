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

import io.procession.process.ProcessInterruptedException;
import io.procession.process.ProcessResult;
import io.procession.process.Signal;

/**
 * The life of one pipeline: that of its programs, each a {@link ProcessRun} with the
 * deadline of the whole, and of its stages in Java.
 */
final class PipelineRun {

	private final String name;

	private final List<ProcessRun> processes;

	private final List<StreamStageRun> streams;

	private final boolean pipefail;

	PipelineRun(String name, List<ProcessRun> processes, List<StreamStageRun> streams, boolean pipefail) {
		this.name = name;
		this.processes = List.copyOf(processes);
		this.streams = List.copyOf(streams);
		this.pipefail = pipefail;
	}

	String name() {
		return this.name;
	}

	List<ProcessRun> processes() {
		return this.processes;
	}

	void signal(Signal signal) {
		long reached = this.processes.stream().filter((process) -> process.trySignal(signal)).count();
		if (reached == 0) {
			throw new IllegalStateException(
					"The pipeline '" + this.name + "' has ended: signal " + signal + " cannot reach it any more");
		}
	}

	void stop(@Nullable Duration grace) {
		// all begin before the first is waited for
		this.processes.forEach((process) -> process.beginStop(grace));
		this.processes.forEach(ProcessRun::awaitStopped);
	}

	void kill() {
		this.processes.forEach(ProcessRun::beginKill);
		this.processes.forEach(ProcessRun::awaitStopped);
	}

	private CompletableFuture<Void> all() {
		Stream<CompletableFuture<?>> ends = Stream.concat(this.processes.stream().map(ProcessRun::onExit),
				this.streams.stream().map(StreamStageRun::ended));
		return CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new));
	}

	CompletableFuture<PipelineResult> onExit() {
		return all().thenApply((done) -> result());
	}

	/** As {@link #onExit()}, but fails as {@code run()} throws. */
	CompletableFuture<PipelineResult> onEnd() {
		return all().thenApply((done) -> resultOrThrow());
	}

	private PipelineResult result() {
		return new PipelineResult(this.processes.stream().map(ProcessRun::result).toList(), this.pipefail);
	}

	private PipelineResult resultOrThrow() {
		PipelineResult result = result();
		// the last first: its output is the pipeline's
		for (int i = this.processes.size() - 1; i >= 0; i--) {
			this.processes.get(i).throwIfCutShort();
		}
		for (StreamStageRun stream : this.streams) {
			Throwable failure = stream.failure();
			if (failure != null) {
				throw new StreamStageException(stream.name(), result.result(), failure);
			}
		}
		return result;
	}

	/** Waits as {@code run()} does: an interrupt stops the pipeline. */
	PipelineResult attend() {
		try {
			all().get();
		}
		catch (InterruptedException ex) {
			this.processes.forEach((process) -> process.abort(null, null));
			all().join();
			throw interrupted(result().result(), ex);
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException(ex.getCause());
		}
		return resultOrThrow();
	}

	PipelineResult waitFor() {
		try {
			all().get();
		}
		catch (InterruptedException ex) {
			throw interrupted(null, ex);
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException(ex.getCause());
		}
		return resultOrThrow();
	}

	Optional<PipelineResult> waitFor(Duration timeout) {
		try {
			all().get(RunContext.nanos(timeout), TimeUnit.NANOSECONDS);
		}
		catch (InterruptedException ex) {
			throw interrupted(null, ex);
		}
		catch (TimeoutException ex) {
			return Optional.empty();
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException(ex.getCause());
		}
		return Optional.of(resultOrThrow());
	}

	private ProcessInterruptedException interrupted(@Nullable ProcessResult soFar, InterruptedException ex) {
		Thread.currentThread().interrupt();
		return new ProcessInterruptedException(this.processes.get(0).spec().command(), soFar, ex);
	}

}
