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

import io.procession.process.ProcessResult;

/**
 * One run of a stage in Java, between two programs. It ends as a program would: the
 * program after it sees the end of its input, the program before it, if it still writes,
 * dies of PIPE.
 */
final class StreamStageRun {

	private final Pipeline.Stage.Java stage;

	private final BoundedPipe input;

	private final ProcessRun before;

	private final ProcessRun after;

	private final RunContext context;

	private final PipelineStopper stopper;

	private final FutureTask<?> task = new FutureTask<>(this::run, null);

	private final CompletableFuture<Void> ended = new CompletableFuture<>();

	private volatile @Nullable Throwable failure;

	private volatile @Nullable Thread thread;

	StreamStageRun(Pipeline.Stage.Java stage, BoundedPipe input, ProcessRun before, ProcessRun after,
			RunContext context, PipelineStopper stopper) {
		this.stage = stage;
		this.input = input;
		this.before = before;
		this.after = after;
		this.context = context;
		this.stopper = stopper;
	}

	/** Begins, on a thread of the executor. */
	void begin() {
		this.context.streams().execute(this.task);
		// when its neighbours are gone, nobody waits for what it still does
		CompletableFuture.allOf(this.before.onExit(), this.after.onExit()).thenRun(this::awaitEnd);
		this.ended.thenRun(this.context.onClose(this::giveUp));
	}

	private void awaitEnd() {
		// what kept the program before it from ending was perhaps this one's patience
		boolean waited = !this.before.result().outputComplete();
		Duration patience = waited ? Duration.ZERO : this.context.settings().drain();
		try {
			Future<?> end = this.context.schedule(patience, () -> this.context.execute(this::giveUp));
			this.ended.thenRun(() -> end.cancel(false));
		}
		catch (RejectedExecutionException ex) {
			giveUp();
		}
	}

	private void giveUp() {
		if (this.ended.complete(null)) {
			this.task.cancel(true);
			// it may be deaf to that: whoever writes to it must not wait for it
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

	/** Refuses to let the stage wait for the end of its pipeline, which waits for it. */
	void refuseToWaitForItself() {
		if (this.thread == Thread.currentThread() && !this.ended.isDone()) {
			throw new IllegalStateException("The stage '" + this.stage.name()
					+ "' cannot wait without a bound for the end of its own pipeline: use onExit()");
		}
	}

	/** Whether it may fail because it was given up, or what it reads was cut off. */
	private boolean isCutShort() {
		return this.ended.isDone() || this.stopper.isStopping() || this.before.isStopRequested();
	}

	private void end(OutputStream output) {
		if (this.failure != null) {
			this.stopper.stop(RunPlan::toAbort);
			// its output stays open: the end of its input would let the program after it
			// do what it does with whole data
		}
		else {
			close(output);
		}
		// the program before gets PIPE if it writes any more
		this.input.close();
		this.ended.complete(null);
	}

	private static void close(OutputStream output) {
		try {
			output.close();
		}
		catch (IOException ex) {
			// the program after it has ended already
			return;
		}
	}

	/** Done when the stage has returned or was given up. */
	CompletableFuture<Void> ended() {
		return this.ended;
	}

	/**
	 * What it failed of.
	 * @param result the last program's
	 */
	Optional<StreamStageException> failure(ProcessResult result) {
		Throwable cause = this.failure;
		return (cause != null) ? Optional.of(new StreamStageException(this.stage.name(), result, cause))
				: Optional.empty();
	}

	/**
	 * Knows whether writing failed, which is the reader's doing and no failure, unless
	 * the stage itself had closed it before.
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
