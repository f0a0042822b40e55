package io.procession.engine;

import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;

import org.jspecify.annotations.Nullable;

import io.procession.process.ExitStatus;
import io.procession.process.Signal;
import io.procession.process.Terminal;
import io.procession.stats.ProcessStats;
import io.procession.stats.StatsReader;

/**
 * A process started by a {@link ProcessEngine}. <i>Thread-safe.</i>
 */
public interface EngineProcess {

	/**
	 * Return the process ID.
	 * @return the PID, positive
	 */
	long pid();

	/**
	 * Start to read the output streams that {@link Launch} directs to the JVM. Called
	 * once.
	 * @param output the sink for standard output, or {@code null} if it is not read
	 * @param error the sink for standard error, or {@code null} if it is not read
	 * @param executor the executor that runs the pumps, one task per stream
	 */
	void connect(@Nullable OutputSink output, @Nullable OutputSink error, Executor executor);

	/**
	 * Return the standard input of the process. Closing the stream signals end-of-file to
	 * the process.
	 * @return a buffered stream, which discards all bytes if the input is not provided by
	 * the JVM
	 */
	OutputStream input();

	/**
	 * Return how the process ended. Does not block. An engine that knows whether the
	 * process was ended by a signal reports exactly that; one that only gets a number in
	 * which both coincide uses {@link ExitStatus#ofShellCode}.
	 * @return the exit status, or empty while the process is running
	 */
	Optional<ExitStatus> exitStatus();

	/**
	 * Wait for the process to exit.
	 * @param timeout the maximum time to wait
	 * @return whether the process has exited
	 * @throws InterruptedException if the thread was interrupted
	 */
	boolean waitFor(Duration timeout) throws InterruptedException;

	/**
	 * Register an action to run when the process exits. The notification is a hint: it
	 * may arrive late and on any thread.
	 * @param action the action, short and non-blocking
	 */
	void onExit(Runnable action);

	/**
	 * Send a signal to this process only, after verifying that its PID has not been
	 * reused.
	 * @param signal the signal to send
	 * @return whether the process was alive to receive it
	 */
	boolean signal(Signal signal);

	/**
	 * Set the size of the pseudoterminal of this process. Has no effect once the process
	 * has exited.
	 * @param size the new size
	 */
	default void resize(Terminal.Pseudo size) {
		throw new UnsupportedOperationException("This engine does not support terminals");
	}

	/**
	 * Return whether this JVM is permitted to signal this process; see {@code kill(2)},
	 * EPERM.
	 * @return {@code false} if signals sent by {@link #signal} do not reach the process
	 */
	default boolean maySignal() {
		return true;
	}

	/**
	 * Return the reason why the process never executed its program. Called once the
	 * process has exited.
	 * @param exitCode the exit code of the process
	 * @param written everything that the process has written to standard error
	 * @return the reason, to be completed by the text written, or empty if the program
	 * was executed
	 */
	default Optional<StartFailure> startFailure(int exitCode, String written) {
		return Optional.empty();
	}

	/**
	 * Return whether descendants of this process may still be running after it has
	 * exited.
	 * @return {@code false} only if that is impossible
	 */
	default boolean mayLeaveBehind() {
		return true;
	}

	/**
	 * Return the current resource usage of this process, without its descendants.
	 * @return the statistics, or empty if the process has exited
	 */
	default Optional<ProcessStats> stats() {
		return exitStatus().isPresent() ? Optional.empty() : StatsReader.system().read(pid());
	}

	/**
	 * Return the tree of this process: the process itself and all its current and future
	 * descendants.
	 * @return the process tree
	 */
	ProcessTree tree();

}
