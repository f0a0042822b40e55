package io.procession.execution;

import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;

import org.jspecify.annotations.Nullable;

import io.procession.execution.output.BoundedPipe;
import io.procession.process.ProcessResult;

/**
 * A single execution of a Java stage between two programs. It ends as a program does: the
 * next program receives end-of-file, and the previous program, if it continues to write,
 * is ended by PIPE.
 */
final class StreamStageExecution {

	private final Pipeline.Stage.Java stage;

	private final BoundedPipe input;

	private final ProcessExecution before;

	private final ProcessExecution after;

	private final ExecutionContext context;

	private final PipelineStopper stopper;

	private final FutureTask<?> task = new FutureTask<>(this::run, null);

	private final CompletableFuture<Void> ended = new CompletableFuture<>();

	private volatile @Nullable Throwable failure;

	private volatile @Nullable Thread thread;

	StreamStageExecution(Pipeline.Stage.Java stage, BoundedPipe input, ProcessExecution before, ProcessExecution after,
			ExecutionContext context, PipelineStopper stopper) {
		this.stage = stage;
		this.input = input;
		this.before = before;
		this.after = after;
		this.context = context;
		this.stopper = stopper;
	}

	/** Begin the execution, on a thread of the executor. */
	void begin() {
		this.context.streams().execute(this.task);
		// when its neighbors have ended, its result is no longer needed
		CompletableFuture.allOf(this.before.onExit(), this.after.onExit()).thenRun(this::awaitEnd);
		this.ended.thenRun(this.context.onClose(this::abandon));
	}

	private void awaitEnd() {
		// if output of the previous program was missing, the drain was probably already
		// spent on this stage
		boolean waited = !this.before.result().outputComplete();
		Duration patience = waited ? Duration.ZERO : this.context.settings().drain();
		try {
			Future<?> end = this.context.schedule(patience, () -> this.context.execute(this::abandon));
			this.ended.thenRun(() -> end.cancel(false));
		}
		catch (RejectedExecutionException ex) {
			abandon();
		}
	}

	private void abandon() {
		if (this.ended.complete(null)) {
			this.task.cancel(true);
			// it may ignore the interrupt: a writer must not wait for it
			this.input.close();
		}
	}

	private void run() {
		this.thread = Thread.currentThread();
		Downstream output = new Downstream(this.after.stdin());
		try {
			OutputStream buffered = new BufferedOutputStream(output, 8192);
			this.stage.stage().process(this.input, buffered);
			buffered.flush();
		}
		catch (Throwable ex) {
			if (!output.broken && !isCutShort()) {
				this.failure = ex;
			}
		}
		finally {
			this.thread = null;
			end(output);
		}
	}

	/** Prevent the stage from waiting for the end of its pipeline, which waits for it. */
	void refuseToWaitForItself() {
		if (this.thread == Thread.currentThread() && !this.ended.isDone()) {
			throw new IllegalStateException("The stage '" + this.stage.name()
					+ "' cannot wait indefinitely for the end of its own pipeline: use onExit()");
		}
	}

	/**
	 * Return whether a failure can result from being interrupted, or from input that was
	 * ended early.
	 */
	private boolean isCutShort() {
		return this.ended.isDone() || this.stopper.isStopping() || this.before.stop().isRequested();
	}

	private void end(OutputStream output) {
		if (this.failure != null) {
			this.stopper.stop(ExecutionPlan::toAbort);
			// its output stays open: end-of-file would make the next program handle
			// partial data as complete
		}
		else {
			close(output);
		}
		// the previous program receives PIPE if it continues to write
		this.input.close();
		this.ended.complete(null);
	}

	private static void close(OutputStream output) {
		try {
			output.close();
		}
		catch (IOException ex) {
			// the next program has already ended
			return;
		}
	}

	/** Return a future that is completed when the stage has returned or was abandoned. */
	CompletableFuture<Void> ended() {
		return this.ended;
	}

	/**
	 * Return the failure of the stage.
	 * @param result the result of the last program
	 */
	Optional<StreamStageException> failure(ProcessResult result) {
		Throwable cause = this.failure;
		return (cause != null) ? Optional.of(new StreamStageException(this.stage.name(), result, cause))
				: Optional.empty();
	}

	/**
	 * Records whether a write failed, which is caused by the reader and not considered a
	 * failure, unless the stage itself had closed the stream.
	 */
	private static final class Downstream extends FilterOutputStream {

		private boolean broken;

		private boolean closed;

		private Downstream(OutputStream stream) {
			super(stream);
		}

		@Override
		public void write(byte[] bytes, int offset, int length) throws IOException {
			try {
				this.out.write(bytes, offset, length);
			}
			catch (IOException ex) {
				this.broken = !this.closed;
				throw ex;
			}
		}

		@Override
		public void write(int oneByte) throws IOException {
			write(new byte[] { (byte) oneByte }, 0, 1);
		}

		@Override
		public void close() throws IOException {
			super.close();
			this.closed = true;
		}

	}

}
