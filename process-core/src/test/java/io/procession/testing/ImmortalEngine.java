package io.procession.testing;

import java.io.OutputStream;
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

	@Override
	public EngineProcess start(Launch launch) {
		return new Immortal();
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
			return new Tree(List.of(PID));
		}

	}

	private record Tree(List<Long> alive) implements ProcessTree {

		@Override
		public void signal(Signal signal) {
		}

	}

}
