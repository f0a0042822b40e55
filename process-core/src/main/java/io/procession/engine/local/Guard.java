package io.procession.engine.local;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.procession.concurrent.BackgroundLog;
import io.procession.isolation.Tool;

/**
 * Small shell process that ends all processes started by the JVM if the JVM is killed;
 * see {@code guard.sh}. It reads its standard input, a pipe held by the JVM only: the
 * kernel closes the pipe when the JVM dies, for whatever reason. The name of the marker
 * is passed through that pipe as well, since the arguments of a process are readable by
 * all users. <i>Thread-safe.</i>
 *
 * <p>
 * {@code PR_SET_PDEATHSIG} is not an alternative: it refers to the thread that called
 * {@code fork}, not to the process; see {@code prctl(2)}.
 */
final class Guard {

	/** Tools required by the guard, besides the shell. */
	private static final List<Tool> TOOLS = List.of(Tool.SETSID, Tool.GREP, Tool.SLEEP, Tool.TIMEOUT, Tool.TR);

	private static final String FAREWELL = "done\n";

	/** Minimum lifetime of a guard after which earlier failures are no longer counted. */
	private static final Duration STABLE = Duration.ofSeconds(10);

	/**
	 * Number of consecutive early exits after which the guard is not started again.
	 */
	private static final int MOST_FAILURES = 5;

	private static final Logger logger = LoggerFactory.getLogger(Guard.class);

	private final Marker marker;

	private final BackgroundLog log;

	/** Maximum time to wait for the guard to exit. */
	private final Duration endBound;

	/** Guards the fields below and is held while the guard is started. */
	private final Object lock = new Object();

	private volatile @Nullable Process process;

	private volatile @Nullable String whyNot;

	private long startedAt;

	private int failures;

	private boolean isLackReported;

	/** How the last guard has exited, until the message about its restart. */
	private @Nullable String unreportedExit;

	private boolean closed;

	/** Processes most recently reported to the guard; updated at each heartbeat. */
	private volatile String sent = "";

	Guard(Marker marker, BackgroundLog log, Duration endBound) {
		this.marker = marker;
		this.log = log;
		this.endBound = endBound;
	}

	/**
	 * Start the guard with the first child process, and restart it if it has exited. The
	 * guard is abandoned if it repeatedly exits right after its start, since something
	 * prevents it from running.
	 */
	void ensureRunning() {
		Process running = this.process;
		if (this.whyNot != null || (running != null && running.isAlive())) {
			return;
		}
		synchronized (this.lock) {
			running = this.process;
			if (this.closed || this.whyNot != null || (running != null && running.isAlive())) {
				return;
			}
			if (running != null) {
				this.unreportedExit = ended(running);
			}
			if (this.whyNot == null) {
				start();
			}
			String exit = this.unreportedExit;
			if (exit != null && this.process != null) {
				this.unreportedExit = null;
				if (this.failures == 1) {
					this.log.write(() -> logger.warn("Guard process exited unexpectedly and was restarted: {}", exit));
				}
			}
		}
	}

	/**
	 * Record that a guard has exited. The lock is held.
	 * @return how it has exited, for a message
	 */
	private String ended(Process guard) {
		this.process = null;
		this.sent = "";
		if (System.nanoTime() - this.startedAt >= STABLE.toNanos()) {
			this.failures = 0;
		}
		this.failures++;
		String end = "pid=" + guard.pid() + " exitCode=" + guard.exitValue();
		if (this.failures >= MOST_FAILURES) {
			abandon("it exited " + this.failures + " times in a row, most recently right after its start: " + end);
		}
		return end;
	}

	private void abandon(String reason) {
		String limitation = "No guard process is available, so processes are left running if the JVM is killed: "
				+ reason;
		this.whyNot = limitation;
		this.log.write(() -> logger.warn("{}", limitation));
	}

	private void start() {
		String missing = missing();
		if (missing != null) {
			abandon(missing);
			return;
		}
		this.startedAt = System.nanoTime();
		try {
			Process started = spawn();
			this.process = started;
			this.isLackReported = false;
			// restart at once: processes left behind trigger neither a start nor a
			// heartbeat
			started.onExit().thenRun(this::ensureRunning);
		}
		catch (IOException | OutOfMemoryError ex) {
			// no process, thread or file descriptor is available: the next start or
			// heartbeat tries again
			if (!this.isLackReported) {
				this.isLackReported = true;
				this.log.write(() -> logger.warn("Failed to start the guard process; retrying: {}", ex.toString()));
			}
		}
	}

	private static @Nullable String missing() {
		if (!new File("/bin/sh").canExecute()) {
			return "/bin/sh is missing";
		}
		if (SystemProcesses.Visibility.detect() != SystemProcesses.Visibility.PROC) {
			return "/proc is missing, or belongs to a different PID namespace than this JVM";
		}
		return TOOLS.stream().filter((tool) -> tool.find().isEmpty()).map(Tool::whyMissing).findFirst().orElse(null);
	}

	private Process spawn() throws IOException {
		Path setsid = Tool.SETSID.find().orElseThrow();
		ProcessBuilder builder = new ProcessBuilder(setsid.toString(), "/bin/sh", "-c", script(), "procession-guard");
		builder.directory(new File("/"));
		builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
		builder.redirectError(ProcessBuilder.Redirect.DISCARD);
		Map<String, String> environment = builder.environment();
		String path = environment.get("PATH");
		// keep the markers of outer managers, which identify the guard as their
		// descendant
		environment.keySet().removeIf((name) -> !Marker.isMarker(name));
		environment.put("PATH", Tool.searchPath(path));
		environment.put("LC_ALL", "C");
		Process started = ProcessReaper.start(builder::start);
		try {
			write(started, this.marker.name());
		}
		catch (IOException ex) {
			// it has exited already, which the next check detects
			this.log.write(() -> logger.debug("Guard process exited immediately: {}", ex.toString()));
		}
		return started;
	}

	private static String script() {
		try (InputStream in = Objects.requireNonNull(Guard.class.getResourceAsStream("guard.sh"))) {
			return new String(in.readAllBytes(), StandardCharsets.US_ASCII).replaceAll("(?m)^ *(#.*)?\n", "");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static void write(Process guard, String line) throws IOException {
		OutputStream pipe = guard.getOutputStream();
		pipe.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
		pipe.flush();
	}

	/**
	 * Report the living processes to the guard.
	 * @param living the processes as {@code pid:start}, separated by spaces
	 */
	void remember(String living) {
		Process running = this.process;
		if (running == null || living.equals(this.sent)) {
			return;
		}
		try {
			write(running, living);
			this.sent = living;
		}
		catch (IOException ex) {
			this.log.write(() -> logger.debug("Guard process has exited: {}", ex.toString()));
		}
	}

	/** Return whether a guard has been started. */
	boolean isStarted() {
		return this.process != null;
	}

	/** Return why there is no guard, or empty if one is running or can be started. */
	Optional<String> whyNot() {
		return Optional.ofNullable(this.whyNot);
	}

	/**
	 * Dismiss the guard, since all processes have exited. Waits until it has exited;
	 * kills it if the maximum time elapses.
	 */
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
			// if the guard does not read and its pipe is full, only this thread blocks
			Thread farewell = new Thread(() -> dismiss(running), "procession-farewell");
			farewell.setDaemon(true);
			farewell.setContextClassLoader(null);
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
			logger.debug("Guard process had already exited", ex);
		}
	}

	// not interruptible: a closed manager must not leave a process behind
	private void awaitEnd(Process running) {
		long began = System.nanoTime();
		long bound = TimeUnit.NANOSECONDS.convert(this.endBound);
		boolean interrupted = Thread.interrupted();
		while (running.isAlive()) {
			try {
				long left = Math.max(0, bound - (System.nanoTime() - began));
				if (!running.waitFor(left, TimeUnit.NANOSECONDS)) {
					running.destroyForcibly();
					this.log.write(() -> logger.warn("Guard process did not exit in time and was killed: pid={}",
							running.pid()));
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
