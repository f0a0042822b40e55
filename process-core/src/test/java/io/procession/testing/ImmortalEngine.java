package io.procession.testing;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

import io.procession.engine.EngineProcess;
import io.procession.engine.Launch;
import io.procession.engine.OutputSink;
import io.procession.engine.ProcessEngine;
import io.procession.engine.ProcessTree;
import io.procession.process.ExitStatus;
import io.procession.process.Signal;

/**
 * An engine whose processes survive every signal, like a process in uninterruptible
 * sleep. Such processes cannot be created for real.
 */
public final class ImmortalEngine implements ProcessEngine {

	private static final long PID = 99_999_999;

	private final boolean visible;

	private final AtomicInteger starts = new AtomicInteger();

	private volatile boolean mortal;

	/**
	 * Create an engine whose processes are known to survive.
	 */
	public ImmortalEngine() {
		this(true);
	}

	private ImmortalEngine(boolean visible) {
		this.visible = visible;
	}

	/**
	 * Create an engine whose processes cannot even be scanned.
	 * @return the engine
	 */
	public static ImmortalEngine invisible() {
		return new ImmortalEngine(false);
	}

	/**
	 * Let KILL end processes from now on.
	 */
	public void makeMortal() {
		this.mortal = true;
	}

	/**
	 * Return the number of started processes.
	 * @return the number
	 */
	public int starts() {
		return this.starts.get();
	}

	@Override
	public EngineProcess start(Launch launch) {
		this.starts.incrementAndGet();
		return new Immortal();
	}

	@Override
	public List<EngineProcess> startPipeline(List<Launch> launches) {
		throw new UnsupportedOperationException();
	}

	@Override
	public void scan() {
	}

	@Override
	public void heartbeat() {
	}

	@Override
	public ProcessTree leftovers() {
		return new Nothing();
	}

	@Override
	public List<String> limitations() {
		return List.of();
	}

	@Override
	public void close() {
	}

	private final class Immortal implements EngineProcess {

		private final CountDownLatch dead = new CountDownLatch(1);

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
		public Optional<ExitStatus> exitStatus() {
			return (this.dead.getCount() == 0) ? Optional.of(ExitStatus.signaled(Signal.KILL)) : Optional.empty();
		}

		@Override
		public boolean waitFor(Duration timeout) throws InterruptedException {
			return this.dead.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
		}

		@Override
		public void onExit(Runnable action) {
		}

		@Override
		public boolean signal(Signal signal) {
			if (signal == Signal.KILL && ImmortalEngine.this.mortal) {
				this.dead.countDown();
			}
			return true;
		}

		@Override
		public ProcessTree tree() {
			return ImmortalEngine.this.visible ? new Alone(this) : new Invisible();
		}

	}

	private record Alone(Immortal process) implements ProcessTree {

		@Override
		public List<Long> alive() {
			return this.process.exitStatus().isEmpty() ? List.of(PID) : List.of();
		}

		@Override
		public void signal(Signal signal) {
			this.process.signal(signal);
		}

	}

	private static final class Nothing implements ProcessTree {

		@Override
		public List<Long> alive() {
			return List.of();
		}

		@Override
		public void signal(Signal signal) {
		}

	}

	/** No descriptor is available for a scan. */
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
