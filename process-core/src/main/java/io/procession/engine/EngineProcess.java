package io.procession.engine;

import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Executor;

import org.jspecify.annotations.Nullable;

import io.procession.process.Signal;
import io.procession.process.Terminal;
import io.procession.stats.ProcessStats;
import io.procession.stats.StatsReader;

/**
 * A process as its engine sees it. <i>Thread-safe.</i>
 */
public interface EngineProcess {

	/**
	 * Its process ID.
	 * @return the PID, positive
	 */
	long pid();

	/**
	 * Begins to read the streams that {@link Launch} directed to the JVM. Called once.
	 * @param output where standard output goes, or {@code null} if it is not read
	 * @param error where standard error goes, or {@code null} if it is not read
	 * @param executor what the pumps run on, one task for each stream
	 */
	void connect(@Nullable OutputSink output, @Nullable OutputSink error, Executor executor);

	/**
	 * Its standard input. Closing it is the end-of-file that the process sees.
	 * @return a buffered stream; one that swallows everything if the input is not the
	 * JVM's
	 */
	OutputStream input();

	/**
	 * Its exit code, if it has ended. Does not block.
	 * @return the code, or empty while it runs
	 */
	OptionalInt exitCode();

	/**
	 * Waits for its exit.
	 * @param timeout at most so long
	 * @return whether it has ended
	 * @throws InterruptedException if the thread was interrupted
	 */
	boolean waitFor(Duration timeout) throws InterruptedException;

	/**
	 * Asks to be told of the exit. A hint: it may come late, on any thread.
	 * @param action what to run; short, does not block
	 */
	void onExit(Runnable action);

	/**
	 * Sends a signal to this process alone, after checking that the PID still means it.
	 * @param signal what to send
	 * @return whether the process was there to receive it
	 */
	boolean signal(Signal signal);

	/**
	 * Changes the size of its pseudoterminal. Does nothing once it has ended.
	 * @param size the new size
	 */
	default void resize(Terminal.Pseudo size) {
		throw new UnsupportedOperationException("This engine has no terminals");
	}

	/**
	 * Whether this JVM is allowed to signal it; see {@code kill(2)}, EPERM.
	 * @return {@code false} if what {@link #signal} sends does not reach it
	 */
	default boolean maySignal() {
		return true;
	}

	/**
	 * Return, once it has ended, why it never became the program that it was started for.
	 * @param exitCode its exit code
	 * @param written all that it has written to standard error
	 * @return the reason, which what was written explains, or empty if it did
	 */
	default Optional<StartFailure> startFailure(int exitCode, String written) {
		return Optional.empty();
	}

	/**
	 * Return whether something that this process has started may still run after it has
	 * ended.
	 * @return {@code false} only if that is impossible
	 */
	default boolean mayLeaveBehind() {
		return true;
	}

	/**
	 * What it uses right now, alone.
	 * @return the statistics, or empty if it has ended
	 */
	default Optional<ProcessStats> stats() {
		return exitCode().isPresent() ? Optional.empty() : StatsReader.system().read(pid());
	}

	/**
	 * The process with everything it has started and will start.
	 * @return its tree
	 */
	ProcessTree tree();

}
