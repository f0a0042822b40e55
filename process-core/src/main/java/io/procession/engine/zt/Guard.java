package io.procession.engine.zt;

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

import io.procession.isolation.Tool;

/**
 * A small shell process beside the JVM that ends everything the JVM has started should
 * the JVM be killed; see {@code guard.sh}. It reads its standard input, a pipe that only
 * the JVM holds: the kernel closes it when the JVM dies, however it dies. By that pipe it
 * learns of the marker, too, since its arguments are readable by everybody.
 * <i>Thread-safe.</i>
 *
 * <p>
 * {@code PR_SET_PDEATHSIG} would be no substitute: it follows the thread that called
 * {@code fork}, not the process. {@code prctl(2)}.
 */
final class Guard {

	/** What the guard is built of, beside the shell. */
	private static final List<Tool> TOOLS = List.of(Tool.SETSID, Tool.GREP, Tool.SLEEP, Tool.TIMEOUT, Tool.TR);

	private static final String FAREWELL = "done\n";

	/** A guard that ends later than this after its start has not failed. */
	private static final Duration STABLE = Duration.ofSeconds(10);

	/**
	 * The number of guards in a row that ended at once after which no other is started.
	 */
	private static final int MOST_FAILURES = 5;

	private static final Logger logger = LoggerFactory.getLogger(Guard.class);

	private final Marker marker;

	private final EngineLog log;

	/** How long it may take to end. */
	private final Duration endBound;

	/** Guards the fields below, and is held while the guard starts. */
	private final Object lock = new Object();

	private volatile @Nullable Process process;

	private volatile @Nullable String whyNot;

	private long startedAt;

	private int failures;

	private boolean toldLack;

	private boolean closed;

	/** What the guard knows; written at heartbeats. */
	private volatile String told = "";

	Guard(Marker marker, EngineLog log, Duration endBound) {
		this.marker = marker;
		this.log = log;
		this.endBound = endBound;
	}

	/**
	 * Start the guard with the first child, and again should it have ended. One that ends
	 * at once, again and again, is abandoned: something keeps it from running.
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
				ended(running);
			}
			if (this.whyNot == null) {
				start();
			}
		}
	}

	// the lock is held
	private void ended(Process guard) {
		this.process = null;
		this.told = "";
		if (System.nanoTime() - this.startedAt >= STABLE.toNanos()) {
			this.failures = 0;
		}
		this.failures++;
		String end = "pid=" + guard.pid() + " exitCode=" + guard.exitValue();
		if (this.failures >= MOST_FAILURES) {
			abandon("it was started " + this.failures + " times, and the last one ended at once: " + end);
		}
		else if (this.failures == 1) {
			this.log.write(() -> logger.warn("The guard has ended and is started again: {}", end));
		}
	}

	private void abandon(String reason) {
		String limitation = "There is no guard, so that a JVM that is killed leaves its processes behind: " + reason;
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
			this.toldLack = false;
			// without waiting for the next start or heartbeat: leftovers have neither
			started.onExit().thenRun(this::ensureRunning);
		}
		catch (IOException | OutOfMemoryError ex) {
			// no process, thread or descriptor is left for it now: the next start or
			// heartbeat tries again
			if (!this.toldLack) {
				this.toldLack = true;
				this.log
					.write(() -> logger.warn("The guard could not be started and is tried again: {}", ex.toString()));
			}
		}
	}

	private static @Nullable String missing() {
		if (!new File("/bin/sh").canExecute()) {
			return "/bin/sh is missing";
		}
		if (SystemView.Visibility.detect() != SystemView.Visibility.PROC) {
			return "/proc is missing, or shows another PID namespace than that of this JVM";
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
		// markers of outer managers stay, so that these find it
		environment.keySet().removeIf((name) -> !Marker.isMarker(name));
		environment.put("PATH", Tool.searchPath(path));
		environment.put("LC_ALL", "C");
		Process started = ProcessReaper.start(builder::start);
		try {
			write(started, this.marker.name());
		}
		catch (IOException ex) {
			// it has ended already, which the next check finds
			this.log.write(() -> logger.debug("The guard ended at once: {}", ex.toString()));
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
	 * Tell the guard what lives.
	 * @param living as {@code pid:start}, separated by spaces
	 */
	void remember(String living) {
		Process running = this.process;
		if (running == null || living.equals(this.told)) {
			return;
		}
		try {
			write(running, living);
			this.told = living;
		}
		catch (IOException ex) {
			this.log.write(() -> logger.debug("The guard is gone: {}", ex.toString()));
		}
	}

	/** Whether there is a guard to dismiss. */
	boolean isStarted() {
		return this.process != null;
	}

	/** Return why there is no guard, or empty if there is one or will be. */
	Optional<String> whyNot() {
		return Optional.ofNullable(this.whyNot);
	}

	/** Dismiss the guard: everything has ended already. Waits until it is gone. */
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
					running.destroyForcibly();
					this.log.write(() -> logger.warn("The guard did not end and was killed: pid={}", running.pid()));
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
