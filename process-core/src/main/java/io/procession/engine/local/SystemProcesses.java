package io.procession.engine.local;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import io.procession.process.Signal;

/**
 * View of the processes of this machine, shared by all trees of an engine: the result of
 * the last scan, and the means to send signals. <i>Thread-safe.</i>
 */
final class SystemProcesses implements AutoCloseable {

	static final boolean WINDOWS = File.separatorChar == '\\';

	private final Visibility visibility = Visibility.detect();

	/**
	 * Separate from the one for signals, so that a blocked scan does not delay a signal.
	 */
	private final ReservedDescriptor scanReserve = new ReservedDescriptor();

	private final ReservedDescriptor signalReserve = new ReservedDescriptor();

	private final ProcessScanner scanner = new ProcessScanner(this.scanReserve);

	private final Signals signals;

	private volatile ProcessTable table = ProcessTable.EMPTY;

	private volatile boolean stale;

	/**
	 * Create a view without any process.
	 * @param signalBound the maximum time to send a signal
	 */
	SystemProcesses(Duration signalBound) {
		this.signals = new Signals(signalBound);
	}

	/**
	 * Acquire the resources that later scans and signals need, before the machine may run
	 * out of them.
	 */
	void prepare() {
		if (this.visibility == Visibility.PROC) {
			this.scanReserve.hold();
			this.signalReserve.hold();
			this.scanner.prepare();
		}
	}

	/**
	 * Scan the processes. If the scan is not completed, the previous result is kept.
	 * @return whether the scan was completed
	 */
	boolean scan() {
		ProcessTable fresh = switch (this.visibility) {
			case PROC -> this.scanner.scan();
			case HANDLES -> ProcessTable.ofHandles();
			case CHILDREN -> null;
		};
		if (fresh != null) {
			this.table = fresh;
		}
		this.stale = fresh == null && this.visibility == Visibility.PROC;
		return !this.stale;
	}

	/**
	 * Whether a process is known to be gone though the last scan did not come to its end.
	 * Neither blocks nor takes a descriptor.
	 */
	boolean isGoneSinceScan(long pid) {
		return this.stale && !new File("/proc/" + pid).exists();
	}

	/**
	 * Return whether processes can be identified by their start time and PIDs are
	 * reliable.
	 */
	boolean seesIdentities() {
		return this.visibility != Visibility.CHILDREN;
	}

	/**
	 * Return whether processes are read from {@code /proc}, so that one that cannot be
	 * read is hidden or has exited.
	 */
	boolean seesProc() {
		return this.visibility == Visibility.PROC;
	}

	/**
	 * Return the current state of a process, or {@code null} if it has exited, is not
	 * visible, or this is not Linux.
	 */
	@Nullable ProcStat read(long pid) {
		if (this.visibility != Visibility.PROC) {
			return null;
		}
		return this.signalReserve.lend(() -> Optional.ofNullable(ProcStat.read(pid))).orElse(null);
	}

	/**
	 * Send a signal; see {@link Signals#send}.
	 */
	boolean send(Signal signal, List<ProcStat> processes) {
		return seesIdentities() && this.signalReserve.lend(() -> this.signals.send(signal, processes));
	}

	/**
	 * Send a signal to a child of this JVM that has not been reaped, so that its PID
	 * cannot have been reused; see {@link Signals#sendToChild}.
	 */
	boolean sendToChild(Signal signal, ProcessHandle child) {
		return this.signalReserve.lend(() -> this.signals.sendToChild(signal, child));
	}

	@Override
	public void close() {
		this.scanner.close();
		this.scanReserve.close();
		this.signalReserve.close();
	}

	ProcessTable table() {
		return this.table;
	}

	/**
	 * Return the limitations of this machine, one sentence each. May scan the processes.
	 */
	List<String> limitations() {
		List<String> limitations = new ArrayList<>();
		this.visibility.limitation().ifPresent(limitations::add);
		if (this.visibility != Visibility.PROC) {
			return limitations;
		}
		if (!new File("/proc/1/stat").canRead()) {
			limitations.add("/proc hides the processes of other users (hidepid; ProtectProc of systemd.exec(5)):"
					+ " descendants that run as another user are not stopped with their process");
		}
		if (this.scanner.unreadable() > 0) {
			limitations.add("The environment of " + this.scanner.unreadable() + " processes cannot be read in"
					+ " time: they are not found if they have left their session and their parents have exited");
		}
		if (ProcessHandle.current().pid() == 1) {
			scan();
			limitations.add("This JVM is process 1 of its container and does not reap orphaned processes, which remain"
					+ " as zombies, " + this.table.zombies()
					+ " at present: run the container with an init process (docker run --init, or tini)");
		}
		return limitations;
	}

	/**
	 * Visibility of the processes of this machine.
	 */
	enum Visibility {

		/** All processes, through {@code /proc}. */
		PROC(null),
		/** Parents and start times, through the JDK, on systems other than Linux. */
		HANDLES("This system has no /proc: only descendants whose parents are still alive are found and stopped"),
		/** Only the children of this JVM. */
		CHILDREN("/proc is missing, or belongs to a different PID namespace than this JVM: a stop ends the started"
				+ " process, but none of its descendants. Mount /proc (unshare --mount-proc)");

		private final @Nullable String limitation;

		Visibility(@Nullable String limitation) {
			this.limitation = limitation;
		}

		Optional<String> limitation() {
			return Optional.ofNullable(this.limitation);
		}

		static Visibility detect() {
			if (!System.getProperty("os.name", "").equals("Linux")) {
				return HANDLES;
			}
			return isProcOurs() ? PROC : CHILDREN;
		}

		// PIDs in the /proc of another namespace refer to other processes:
		// pid_namespaces(7)
		private static boolean isProcOurs() {
			long pid = ProcessHandle.current().pid();
			try {
				if (!Files.readSymbolicLink(Path.of("/proc/self")).toString().equals(Long.toString(pid))) {
					return false;
				}
				String status = Files.readString(Path.of("/proc/self/status"), StandardCharsets.ISO_8859_1);
				return status.lines()
					.filter((line) -> line.startsWith("NSpid:"))
					.allMatch((line) -> line.substring("NSpid:".length()).strip().equals(Long.toString(pid)));
			}
			catch (IOException ex) {
				return false;
			}
		}

	}

}
