package io.procession.engine.local;

import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;

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
 * Running process on this machine.
 */
final class LocalProcess implements EngineProcess {

	private final SpawnedProcess process;

	private final String executionId;

	private final SystemProcesses system;

	private final Marker marker;

	private final AppliedIsolation isolation;

	private volatile @Nullable ProcStat identity;

	LocalProcess(SpawnedProcess process, String executionId, SystemProcesses system, Marker marker,
			AppliedIsolation isolation) {
		this.process = process;
		this.executionId = executionId;
		this.system = system;
		this.marker = marker;
		this.isolation = isolation;
	}

	/**
	 * Return the PID and start time of the process, or {@code null} once it has exited or
	 * if it is not visible. Read on demand, as most processes are never signaled.
	 */
	@Nullable ProcStat identity() {
		ProcStat known = this.identity;
		if (!this.process.isAlive()) {
			return null;
		}
		if (known == null) {
			known = read();
			if (!this.process.isAlive()) {
				// reaped in the meantime, perhaps before the read: the PID may have been
				// reused
				return null;
			}
			this.identity = known;
		}
		return known;
	}

	private @Nullable ProcStat read() {
		if (!this.system.seesIdentities()) {
			return null;
		}
		ProcStat stat = this.system.read(this.process.pid());
		if (stat != null || this.system.seesProc()) {
			return stat;
		}
		long start = this.process.handle().info().startInstant().map(Instant::toEpochMilli).orElse(0L);
		return new ProcStat(this.process.pid(), 'R', ProcessHandle.current().pid(), 0, 0, 1, start, false);
	}

	/** Return whether the process itself is alive, regardless of any scan. */
	boolean isAlive() {
		return this.process.isAlive();
	}

	@Override
	public long pid() {
		return this.process.pid();
	}

	@Override
	public void connect(@Nullable OutputSink output, @Nullable OutputSink error, Executor executor) {
		this.process.connect(output, error, executor);
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
		return this.process.waitFor(timeout);
	}

	@Override
	public void onExit(Runnable action) {
		this.process.onExit(action);
	}

	@Override
	public boolean signal(Signal signal) {
		if (!this.process.isAlive()) {
			return false;
		}
		ProcStat target = identity();
		if (target != null && this.system.send(signal, List.of(target))) {
			return true;
		}
		// not visible, perhaps because it has changed its user: as long as it has not
		// been reaped, its PID cannot be reused
		return this.process.isAlive() && this.system.read(this.process.pid()) == null
				&& this.system.sendToChild(signal, this.process.handle());
	}

	@Override
	public void resize(Terminal.Pseudo size) {
		this.process.resize(size);
	}

	@Override
	public Optional<ProcessStats> stats() {
		// otherwise /proc may show another process with the same PID
		return this.system.seesIdentities() ? EngineProcess.super.stats() : Optional.empty();
	}

	@Override
	public boolean maySignal() {
		return !this.system.seesIdentities() || SignalPermission.isThere(this.process.pid());
	}

	@Override
	public Optional<StartFailure> startFailure(int exitCode, String written) {
		return this.isolation.startFailure(exitCode, written);
	}

	@Override
	public ProcessTree tree() {
		return LocalTree.of(this.system, this.marker, this, this.executionId, this.isolation.group());
	}

}
