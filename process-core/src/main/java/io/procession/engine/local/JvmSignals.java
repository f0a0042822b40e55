package io.procession.engine.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.procession.isolation.Tool;
import io.procession.process.Signal;

/**
 * Signals that the JVM ignores or blocks, and that its child processes would therefore
 * ignore or block as well; see {@code signal(7)}. A JVM started in the background by a
 * shell ignores INT and QUIT, one started by {@code nohup(1)} ignores HUP. Read once, on
 * first use. <i>Thread-safe.</i>
 */
final class JvmSignals {

	/** First JDK version whose child processes start with no signal blocked. */
	private static final int UNBLOCKED_SINCE = 25;

	/**
	 * Signals 1 to 31; the others are used by the C library or have no common meaning.
	 */
	private static final long STANDARD = 0x7FFF_FFFFL;

	/** Signals that always have their default action in a process on a pseudoterminal. */
	private static final long RESET_ON_TERMINALS = bit(2) | bit(3) | bit(13);

	private final Supplier<String> status;

	private final Supplier<Optional<Boolean>> canReset;

	/** Guards the fields below while they are read. */
	private final Object lock = new Object();

	private volatile boolean read;

	private long ignored;

	private long blocked;

	private boolean possible;

	private @Nullable Boolean settable;

	JvmSignals() {
		this(JvmSignals::ownStatus, JvmSignals::canReset);
	}

	/**
	 * Create the signals of a JVM.
	 * @param status supplier of the content of {@code /proc/thread-self/status}
	 * @param canReset whether an {@code env(1)} that resets signals is available, or
	 * empty if that could not be determined now
	 */
	JvmSignals(Supplier<String> status, Supplier<Optional<Boolean>> canReset) {
		this.status = status;
		this.canReset = canReset;
	}

	private static long bit(int signal) {
		return 1L << (signal - 1);
	}

	// the status of the thread, whose signal mask a child process inherits
	private static String ownStatus() {
		try {
			return Files.readString(Path.of("/proc/thread-self/status"), StandardCharsets.ISO_8859_1);
		}
		catch (IOException ex) {
			return "";
		}
	}

	/**
	 * Return whether {@code env --default-signal} has to precede a program.
	 * @param onTerminal whether the program is started on a pseudoterminal
	 */
	boolean haveToBeReset(boolean onTerminal) {
		read();
		long inherited = onTerminal ? this.ignored & ~RESET_ON_TERMINALS : this.ignored | this.blocked;
		return inherited != 0 && this.possible;
	}

	/** Return the limitation that applies if the signals cannot be reset. */
	Optional<String> limitation() {
		read();
		if ((this.ignored | this.blocked) == 0 || this.possible) {
			return Optional.empty();
		}
		return Optional.of("This JVM was started with the signals " + names(this.ignored | this.blocked)
				+ " ignored or blocked, and its processes inherit this, because env(1) of coreutils 8.31 or later,"
				+ " which could reset them, is not installed");
	}

	private static List<String> names(long signals) {
		List<String> names = new ArrayList<>();
		for (int signal = 1; signal <= 31; signal++) {
			if ((signals & bit(signal)) != 0) {
				names.add(Signal.fromExitCode(128 + signal).map(Signal::name).orElse(Integer.toString(signal)));
			}
		}
		return names;
	}

	private void read() {
		if (this.read) {
			return;
		}
		synchronized (this.lock) {
			if (!this.read) {
				String text = this.status.get();
				this.ignored = field(text, "SigIgn:");
				// QUIT is blocked in all threads of a JVM but one
				this.blocked = (Runtime.version().feature() < UNBLOCKED_SINCE) ? field(text, "SigBlk:") & ~bit(3) : 0;
				boolean needed = (this.ignored | this.blocked) != 0;
				this.possible = needed && canBeSet();
				this.read = !needed || this.settable != null;
			}
		}
	}

	/**
	 * Return whether {@code env(1)} can set the signals of a program: coreutils 8.31 or
	 * later. Starts it on first use, and again if that failed for lack of resources.
	 */
	boolean canBeSet() {
		synchronized (this.lock) {
			if (this.settable == null) {
				this.settable = this.canReset.get().orElse(null);
			}
			return Boolean.TRUE.equals(this.settable);
		}
	}

	private static Optional<Boolean> canReset() {
		Optional<Path> env = Tool.ENV.find();
		if (env.isEmpty()) {
			return Optional.of(false);
		}
		int exitCode = Isolator.attempt(List.of(env.get().toString(), "--default-signal", "/bin/sh", "-c", ":"))
			.exitCode();
		return (exitCode != Isolator.NOT_TRIED) ? Optional.of(exitCode == 0) : Optional.empty();
	}

	private static long field(String status, String name) {
		return status.lines()
			.filter((line) -> line.startsWith(name))
			.mapToLong((line) -> Long.parseUnsignedLong(line.substring(name.length()).strip(), 16))
			.findFirst()
			.orElse(0) & STANDARD;
	}

}
