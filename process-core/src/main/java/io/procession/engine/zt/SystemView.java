package io.procession.engine.zt;

import java.io.File;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import io.procession.process.Signal;

/**
 * The processes of this machine as all trees see them: the last look at them, and the
 * signals that they are sent. <i>Thread-safe.</i>
 */
final class SystemView implements AutoCloseable {

	private static final boolean LINUX = new File("/proc/self/stat").canRead();

	private final SpareDescriptor spare = new SpareDescriptor();

	private final Signals signals;

	private volatile ProcessTable table = ProcessTable.EMPTY;

	/**
	 * A view of nothing yet.
	 * @param signalBound how long it may take to send a signal
	 */
	SystemView(Duration signalBound) {
		this.signals = new Signals(signalBound);
	}

	/** There is something to look at from now on, whatever may lack then. */
	void prepare() {
		if (LINUX) {
			this.spare.hold();
		}
	}

	void look() {
		this.table = this.spare.lend(LINUX ? ProcessTable::ofProc : ProcessTable::ofHandles);
	}

	/** One process as it is now, or {@code null} if it has gone or this is not Linux. */
	@Nullable ProcStat read(long pid) {
		return this.spare.lend(() -> Optional.ofNullable(ProcStat.read(pid))).orElse(null);
	}

	/**
	 * Sends a signal; see {@link Signals#send}.
	 */
	boolean send(Signal signal, List<ProcStat> processes) {
		return this.spare.lend(() -> this.signals.send(signal, processes));
	}

	@Override
	public void close() {
		this.spare.close();
	}

	ProcessTable table() {
		return this.table;
	}

	List<String> limitations() {
		return LINUX ? List.of()
				: List.of("There is no /proc here: of a process's tree only what still has its parent can be found");
	}

}
