package io.procession.engine.local;

import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

import io.procession.engine.OutputSink;
import io.procession.process.ExitStatus;
import io.procession.process.Terminal;

/**
 * {@link SpawnedProcess} that is a {@link Process} of the JDK, or one on a terminal.
 *
 * @param process the process
 */
record JdkProcess(Process process) implements SpawnedProcess {

	@Override
	public long pid() {
		return this.process.pid();
	}

	@Override
	public ProcessHandle handle() {
		return this.process.toHandle();
	}

	@Override
	public boolean isAlive() {
		return this.process.isAlive();
	}

	// the JDK reports both ends by one number
	@Override
	public Optional<ExitStatus> exitStatus() {
		return this.process.isAlive() ? Optional.empty()
				: Optional.of(ExitStatus.ofShellCode(this.process.exitValue()));
	}

	@Override
	public boolean waitFor(Duration timeout) throws InterruptedException {
		return this.process.waitFor(timeout.toNanos(), TimeUnit.NANOSECONDS);
	}

	@Override
	public void onExit(Runnable action) {
		this.process.onExit().thenRun(action);
	}

	@Override
	public OutputStream input() {
		return this.process.getOutputStream();
	}

	@Override
	public void connect(@Nullable OutputSink output, @Nullable OutputSink error, Executor executor) {
		if (output != null) {
			executor.execute(new StreamPump(this.process.getInputStream(), output));
		}
		if (error != null) {
			executor.execute(new StreamPump(this.process.getErrorStream(), error));
		}
	}

	@Override
	public void resize(Terminal.Pseudo size) {
		if (this.process instanceof Resizable resizable) {
			resizable.resize(size);
		}
	}

}
