package io.procession.testing;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

import io.procession.engine.EngineProcess;
import io.procession.engine.Launch;
import io.procession.engine.OutputSink;
import io.procession.engine.ProcessEngine;
import io.procession.engine.ProcessTree;
import io.procession.process.Signal;

/**
 * An engine whose processes survive everything, as one in an uninterruptible sleep does:
 * they cannot be made, only played.
 */
public final class ImmortalEngine implements ProcessEngine {

	private static final long PID = 99_999_999;

	private final ProcessTree tree;

	/**
	 * An engine whose processes are seen to survive.
	 */
	public ImmortalEngine() {
		this(new Tree(List.of(PID)));
	}

	private ImmortalEngine(ProcessTree tree) {
		this.tree = tree;
	}

	/**
	 * An engine whose processes cannot even be looked at.
	 * @return the engine
	 */
	public static ImmortalEngine invisible() {
		return new ImmortalEngine(new Invisible());
	}

	@Override
	public EngineProcess start(Launch launch) {
		return new Immortal(this.tree);
	}

	@Override
	public List<EngineProcess> startPipeline(List<Launch> launches) {
		throw new UnsupportedOperationException();
	}

	@Override
	public void look() {
	}

	@Override
	public void heartbeat() {
	}

	@Override
	public ProcessTree leftovers() {
		return new Tree(List.of());
	}

	@Override
	public List<String> limitations() {
		return List.of();
	}

	@Override
	public void close() {
	}

	private static final class Immortal implements EngineProcess {

		private final ProcessTree tree;

		private Immortal(ProcessTree tree) {
			this.tree = tree;
		}

		@Override
		public long pid() {
			return PID;
		}

		@Override
		public void connect(@Nullable OutputSink output, @Nullable OutputSink error, Executor executor) {
		}

		@Override
		public OutputStream input() {
			return OutputStream.nullOutputStream();
		}

		@Override
		public OptionalInt exitCode() {
			return OptionalInt.empty();
		}

		@Override
		public boolean waitFor(Duration timeout) throws InterruptedException {
			return new CountDownLatch(1).await(timeout.toNanos(), TimeUnit.NANOSECONDS);
		}

		@Override
		public void onExit(Runnable action) {
		}

		@Override
		public boolean signal(Signal signal) {
			return true;
		}

		@Override
		public ProcessTree tree() {
			return this.tree;
		}

	}

	private record Tree(List<Long> alive) implements ProcessTree {

		@Override
		public void signal(Signal signal) {
		}

	}

	/** There is no descriptor to look with. */
	private static final class Invisible implements ProcessTree {

		@Override
		public List<Long> alive() {
			throw new UncheckedIOException(new IOException("planned"));
		}

		@Override
		public void signal(Signal signal) {
		}

	}

}
