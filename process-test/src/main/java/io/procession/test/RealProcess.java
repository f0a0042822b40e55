package io.procession.test;

import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;

import io.procession.engine.EngineProcess;
import io.procession.engine.OutputSink;
import io.procession.engine.ProcessTree;
import io.procession.engine.StartFailure;
import io.procession.process.ExitStatus;
import io.procession.process.Signal;
import io.procession.process.Terminal;
import io.procession.stats.ProcessStats;

/**
 * A stray process that is executed for real. Its pumps need threads of their own, and
 * waits take real time while it is running.
 */
final class RealProcess implements EngineProcess {

	private final EngineProcess process;

	private final DeterministicScheduler scheduler;

	private final Executor threads;

	private final AtomicBoolean gone = new AtomicBoolean();

	RealProcess(EngineProcess process, DeterministicScheduler scheduler, Executor threads) {
		this.process = process;
		this.scheduler = scheduler;
		this.threads = threads;
		scheduler.realProcesses(1);
		process.onExit(this::leave);
	}

	private void leave() {
		if (this.gone.compareAndSet(false, true)) {
			this.scheduler.realProcesses(-1);
		}
	}

	@Override
	public long pid() {
		return this.process.pid();
	}

	@Override
	public void connect(@Nullable OutputSink output, @Nullable OutputSink error, Executor executor) {
		this.process.connect((output != null) ? new Counted(output) : null, (error != null) ? new Counted(error) : null,
				this.threads);
	}

	@Override
	public OutputStream input() {
		return this.process.input();
	}

	@Override
	public Optional<ExitStatus> exitStatus() {
		return this.process.exitStatus();
	}

	@Override
	public boolean waitFor(Duration timeout) throws InterruptedException {
		if (this.scheduler.isTask() || Thread.currentThread() instanceof Worker) {
			return this.process.waitFor(timeout);
		}
		return this.scheduler.await(() -> this.process.exitStatus().isPresent(), timeout.toNanos(),
				"the end of the real process " + pid());
	}

	@Override
	public void onExit(Runnable action) {
		this.process.onExit(() -> this.scheduler.execute(action));
	}

	@Override
	public boolean signal(Signal signal) {
		return this.process.signal(signal);
	}

	@Override
	public void resize(Terminal.Pseudo size) {
		this.process.resize(size);
	}

	@Override
	public boolean maySignal() {
		return this.process.maySignal();
	}

	@Override
	public Optional<StartFailure> startFailure(int exitCode, String written) {
		return this.process.startFailure(exitCode, written);
	}

	@Override
	public boolean mayLeaveBehind() {
		return this.process.mayLeaveBehind();
	}

	@Override
	public ProcessTree tree() {
		return this.process.tree();
	}

	@Override
	public Optional<ProcessStats> stats() {
		return this.process.stats();
	}

	/**
	 * Thread of a pump. Since it is not the thread of a test, it does not move the clock.
	 */
	static final class Worker extends Thread {

		Worker(Runnable task) {
			super(task, "procession-test-pump");
			setDaemon(true);
		}

	}

	/**
	 * Sink that prevents the clock from being moved until its stream has ended.
	 */
	private final class Counted implements OutputSink {

		private final OutputSink sink;

		private final AtomicBoolean ended = new AtomicBoolean();

		private Counted(OutputSink sink) {
			this.sink = sink;
			RealProcess.this.scheduler.realProcesses(1);
		}

		@Override
		public ByteBuffer space() {
			return this.sink.space();
		}

		@Override
		public boolean received(int count) {
			return this.sink.received(count);
		}

		@Override
		public void failed(Throwable failure) {
			this.sink.failed(failure);
		}

		@Override
		public void ended() {
			this.sink.ended();
			if (this.ended.compareAndSet(false, true)) {
				RealProcess.this.scheduler.realProcesses(-1);
			}
		}

	}

}
