package io.procession.engine.zt;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A small shell process beside the JVM that ends everything with the engine's marker
 * should the JVM be killed. It reads its standard input, a pipe that only the JVM holds:
 * the kernel closes it when the JVM dies, however it dies.
 *
 * <p>
 * {@code PR_SET_PDEATHSIG} would be no substitute: it follows the thread that called
 * {@code fork}, not the process. {@code prctl(2)}.
 */
final class Guard {

	/** What the guard is built of, beside the shell. */
	private static final List<String> TOOLS = List.of("setsid", "grep", "sleep");

	private static final String FAREWELL = "done\n";

	/**
	 * Waits for the end of its input; with a farewell before it there is nothing to do.
	 * Any other line is what lives, as {@code pid:start}: a program may overwrite its
	 * environment and can be found in no other way. At the end TERM, after a second KILL,
	 * until two scans in a row find nothing: between fork and exec a child still shows
	 * the environment of the JVM. An environment that holds the marker is found by
	 * {@code grep} whatever else is in it.
	 */
	private static final String SCRIPT = """
			trap '' INT TERM HUP
			marker=$1
			known=''
			while read -r line; do
			  [ "$line" = done ] && exit 0
			  known=$line
			done
			tries=0
			empty=0
			while [ $empty -lt 2 ]; do
			  pids=''
			  for file in $(grep -sl "$marker=" /proc/[0-9]*/environ); do
			    pid=${file#/proc/}
			    pids="$pids ${pid%/environ}"
			  done
			  for entry in $known; do
			    pid=${entry%:*}
			    { read -r stat < "/proc/$pid/stat"; } 2>/dev/null || continue
			    set -- ${stat##*) }
			    [ "$1" != Z ] && [ "${20}" = "${entry#*:}" ] && pids="$pids $pid"
			  done
			  if [ -z "$pids" ]; then
			    empty=$((empty + 1))
			  else
			    empty=0
			    if [ $tries -eq 0 ]; then kill -s TERM $pids; elif [ $tries -ge 10 ]; then kill -s KILL $pids; fi
			    [ $tries -ge 600 ] && exit 1
			  fi
			  tries=$((tries + 1))
			  sleep 0.1
			done
			""";

	private static final Logger logger = LoggerFactory.getLogger(Guard.class);

	private final Marker marker;

	/** How long it may take to end. */
	private final Duration endBound;

	/** Guards the fields below, and is held while the guard starts. */
	private final Object lock = new Object();

	private volatile @Nullable Process process;

	private volatile @Nullable String whyNot;

	private boolean closed;

	private boolean toldFailure;

	/** What the guard knows; written at heartbeats. */
	private volatile String told = "";

	Guard(Marker marker, Duration endBound) {
		this.marker = marker;
		this.endBound = endBound;
	}

	/** Starts it with the first child, and again should somebody have killed it. */
	void ensureRunning() {
		Process running = this.process;
		if (this.whyNot != null || (running != null && running.isAlive())) {
			return;
		}
		synchronized (this.lock) {
			if (this.closed || this.whyNot != null || (this.process != null && this.process.isAlive())) {
				return;
			}
			if (this.process != null) {
				this.told = "";
				logger.warn("The guard was killed and is started again: pid={}", this.process.pid());
			}
			start();
		}
	}

	private void start() {
		String missing = missing();
		if (missing == null) {
			try {
				this.process = spawn();
				this.toldFailure = false;
				return;
			}
			catch (IOException ex) {
				// no room for it now
				if (!this.toldFailure) {
					this.toldFailure = true;
					logger.warn("The guard could not be started, trying again and again: {}", ex.toString());
				}
				return;
			}
		}
		this.whyNot = "There is no guard, so that a JVM that is killed leaves its processes behind: " + missing;
		logger.warn("{}", this.whyNot);
	}

	private static @Nullable String missing() {
		if (!new File("/proc/self/environ").canRead() || !new File("/bin/sh").canExecute()) {
			return "this system lacks /proc or /bin/sh";
		}
		for (String tool : TOOLS) {
			if (find(tool) == null) {
				return "'" + tool + "' is not in the PATH";
			}
		}
		return null;
	}

	private static @Nullable File find(String tool) {
		String path = System.getenv("PATH");
		for (String folder : ((path != null) ? path : "/usr/bin:/bin").split(":")) {
			File candidate = new File(folder, tool);
			if (candidate.canExecute()) {
				return candidate;
			}
		}
		return null;
	}

	private Process spawn() throws IOException {
		ProcessBuilder builder = new ProcessBuilder("setsid", "/bin/sh", "-c", SCRIPT, "procession-guard",
				this.marker.name());
		builder.directory(new File("/"));
		builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
		builder.redirectError(ProcessBuilder.Redirect.DISCARD);
		return builder.start();
	}

	/**
	 * Tells it what lives.
	 * @param living as {@code pid:start}, separated by spaces
	 */
	void remember(String living) {
		Process running = this.process;
		if (running == null || living.equals(this.told)) {
			return;
		}
		try {
			OutputStream pipe = running.getOutputStream();
			pipe.write((living + "\n").getBytes(StandardCharsets.US_ASCII));
			pipe.flush();
			this.told = living;
		}
		catch (IOException ex) {
			logger.debug("The guard is gone: {}", ex.toString());
		}
	}

	boolean isPossible() {
		return this.whyNot == null;
	}

	String whyNot() {
		String reason = this.whyNot;
		return (reason != null) ? reason : "";
	}

	/** Lets it go: everything has ended already. Waits until it is gone. */
	void close() {
		Process running;
		synchronized (this.lock) {
			this.closed = true;
			running = this.process;
		}
		if (running == null) {
			return;
		}
		try {
			// whoever does not read, with its pipe full, holds up only this thread
			Thread farewell = new Thread(() -> dismiss(running), "procession-farewell");
			farewell.setDaemon(true);
			farewell.start();
		}
		catch (OutOfMemoryError ex) {
			running.destroyForcibly();
		}
		awaitEnd(running);
	}

	private static void dismiss(Process running) {
		try (OutputStream pipe = running.getOutputStream()) {
			pipe.write(FAREWELL.getBytes(StandardCharsets.US_ASCII));
		}
		catch (IOException ex) {
			logger.debug("The guard was gone already", ex);
		}
	}

	// no interrupt cuts it short: a closed manager leaves no process behind
	private void awaitEnd(Process running) {
		long began = System.nanoTime();
		long bound = TimeUnit.NANOSECONDS.convert(this.endBound);
		boolean interrupted = Thread.interrupted();
		while (running.isAlive()) {
			try {
				long left = Math.max(0, bound - (System.nanoTime() - began));
				if (!running.waitFor(left, TimeUnit.NANOSECONDS)) {
					logger.warn("The guard did not end and is killed: pid={}", running.pid());
					running.destroyForcibly();
					break;
				}
			}
			catch (InterruptedException ex) {
				interrupted = true;
			}
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

}
