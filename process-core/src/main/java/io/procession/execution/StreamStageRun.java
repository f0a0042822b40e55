package io.procession.execution;

import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

import io.procession.process.Signal;

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

	private final Duration drain;

	private final FutureTask<?> task = new FutureTask<>(this::run, null);

	private final CompletableFuture<Void> ended = new CompletableFuture<>();

	private volatile boolean returned;

	private volatile @Nullable Throwable failure;

	StreamStageRun(Pipeline.Stage.Java stage, BoundedPipe input, ProcessRun before, ProcessRun after,
			RunContext context, Duration drain) {
		this.stage = stage;
		this.input = input;
		this.before = before;
		this.after = after;
		this.context = context;
		this.drain = drain;
	}

	/** Begins, on a thread of the executor. */
	void begin() {
		this.context.execute(this.task);
		// when its neighbours are gone, nobody waits for what it still does
		CompletableFuture.allOf(this.before.onExit(), this.after.onExit())
			.thenRun(() -> this.ended.completeOnTimeout(null, RunContext.nanos(this.drain), TimeUnit.NANOSECONDS));
		this.ended.thenRun(() -> {
			if (!this.returned) {
				this.task.cancel(true);
			}
		});
	}

	private void run() {
		Downstream output = new Downstream(this.after.stdin());
		try {
			OutputStream buffered = new BufferedOutputStream(output, 8192);
			this.stage.stage().process(this.input, buffered);
			buffered.flush();
		}
		catch (Throwable ex) {
			// one that was given up fails of its interrupt, which is no news
			if (!output.broken && !this.ended.isDone()) {
				this.failure = ex;
			}
		}
		finally {
			end(output);
		}
	}

	private void end(OutputStream output) {
		if (this.failure != null) {
			// first: the end of its input would let the program after it succeed
			this.before.abort(Signal.TERM, Duration.ZERO);
			this.after.abort(Signal.TERM, Duration.ZERO);
		}
		try {
			output.close();
		}
		catch (IOException ex) {
			// the program after has ended already
		}
		// the program before gets PIPE if it writes any more
		this.input.close();
		this.returned = true;
		this.ended.complete(null);
	}

	String name() {
		return this.stage.name();
	}

	/** Done when the stage has returned, however. */
	CompletableFuture<Void> ended() {
		return this.ended;
	}

	@Nullable Throwable failure() {
		return this.failure;
	}

	/**
	 * Knows whether writing failed, which is the reader's doing and no failure.
	 */
	private static final class Downstream extends FilterOutputStream {

		private boolean broken;

		private Downstream(OutputStream stream) {
			super(stream);
		}

		@Override
		public void write(byte[] bytes, int offset, int length) throws IOException {
			try {
				this.out.write(bytes, offset, length);
			}
			catch (IOException ex) {
				this.broken = true;
				throw ex;
			}
		}

		@Override
		public void write(int oneByte) throws IOException {
			write(new byte[] { (byte) oneByte }, 0, 1);
		}

	}

}
