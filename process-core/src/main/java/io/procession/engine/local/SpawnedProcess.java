package io.procession.engine.local;

import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;

import org.jspecify.annotations.Nullable;

import io.procession.engine.OutputSink;
import io.procession.process.ExitStatus;
import io.procession.process.Terminal;

/**
 * Child process as started by a {@link Spawner}: its PID, its streams and its exit.
 * <i>Thread-safe.</i>
 */
interface SpawnedProcess {

	long pid();

	/** Return the handle, which identifies the process as long as it is alive. */
	ProcessHandle handle();

	/** Return whether the process has not been reaped. */
	boolean isAlive();

	/** Return how the process ended, or empty while it is alive. */
	Optional<ExitStatus> exitStatus();

	/**
	 * Wait for the exit.
	 * @return whether the process has exited
	 */
	boolean waitFor(Duration timeout) throws InterruptedException;

	/** Call an action after the exit, on any thread; a hint that may be late. */
	void onExit(Runnable action);

	/** Return the pipe to standard input, which must not block when it is closed. */
	OutputStream input();

	/**
	 * Begin to read the output until it ends.
	 * @param output receiver of standard output, or {@code null} if that is not a pipe
	 * @param error receiver of standard error, or {@code null} if that is not a pipe of
	 * its own
	 * @param executor the executor for reads that block
	 */
	void connect(@Nullable OutputSink output, @Nullable OutputSink error, Executor executor);

	/** Set the size of the terminal, if there is one and the process is alive. */
	void resize(Terminal.Pseudo size);

}
