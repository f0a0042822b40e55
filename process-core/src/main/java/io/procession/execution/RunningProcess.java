package io.procession.execution;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiPredicate;
import java.util.stream.Stream;

import io.procession.execution.output.OutputCursor;
import io.procession.execution.output.OutputRecorder;
import io.procession.execution.output.StandardInput;
import io.procession.process.Command;
import io.procession.process.OutputType;
import io.procession.process.ProcessResult;
import io.procession.process.Signal;
import io.procession.stats.ProcessStats;

/**
 * A handle to a process that was started, to read its output, write to it, wait for it
 * and stop it. <i>Thread-safe.</i>
 */
public final class RunningProcess {

	private final ProcessExecution execution;

	private final ExecutionWait wait;

	private final LeftBehind leftBehind;

	RunningProcess(ProcessExecution execution) {
		this.execution = execution;
		this.wait = execution.waits();
		this.leftBehind = new LeftBehind(execution);
	}

	/**
	 * Return the ID of the execution. It is also the ID of its events, and is never
	 * reused.
	 * @return the id
	 */
	public String executionId() {
		return this.execution.id();
	}

	/**
	 * Return the process ID. It is meaningless once the process has ended, since PIDs are
	 * reused.
	 * @return the PID
	 */
	public long pid() {
		return this.execution.process().pid();
	}

	/**
	 * Return the name of the process.
	 * @return the name, by default the program's file name
	 */
	public String name() {
		return this.execution.spec().displayName();
	}

	/**
	 * Return the command.
	 * @return the command, with its secrets redacted
	 */
	public Command command() {
		return this.execution.spec().command();
	}

	/**
	 * Return the start time.
	 * @return the instant
	 */
	public Instant startedAt() {
		return this.execution.startedAt();
	}

	/**
	 * Return whether the process itself is running; its descendants may outlive it. Once
	 * the process has ended, {@link #output()} and {@link #latestOutput()} are complete.
	 * @return whether the process is running
	 */
	public boolean isRunning() {
		boolean running = this.execution.isRunning();
		polled();
		return running;
	}

	private void polled() {
		if (this.execution.outcome() == null) {
			this.execution.context().time().polled(this.execution.process());
		}
	}

	/**
	 * Return the captured standard output so far. Once the process has ended, this is its
	 * complete output: the method waits for what is still in the pipe, at most as long as
	 * the drain. It does not wait if it is called by a listener of the process.
	 * @return the text
	 */
	public String output() {
		return recorder(OutputType.OUTPUT).captured().toString();
	}

	/**
	 * Return the captured standard error so far, as {@link #output()} does for standard
	 * output.
	 * @return the text
	 */
	public String errorOutput() {
		return recorder(OutputType.ERROR).captured().toString();
	}

	/**
	 * Return the standard output that has been captured since the last call. Each byte is
	 * returned once; an incomplete character is returned by a later call. Once the
	 * process has ended, this is the complete remaining output, as with
	 * {@link #output()}.
	 * @return the text, empty if there is nothing new
	 */
	public String latestOutput() {
		return recorder(OutputType.OUTPUT).latest();
	}

	/**
	 * Return the standard error that has been captured since the last call, as
	 * {@link #latestOutput()} does for standard output.
	 * @return the text, empty if there is nothing new
	 */
	public String latestErrorOutput() {
		return recorder(OutputType.ERROR).latest();
	}

	/**
	 * Return a new cursor that reads the captured output of one stream from a position
	 * on, independently of {@link #latestOutput()} and of other cursors. A stored
	 * position can thus be used to continue later, for example in the next HTTP request.
	 * @param type the stream
	 * @param position the number of bytes to skip, 0 for the beginning of the stream
	 * @return the cursor, whose methods do not wait for output
	 * @throws IllegalArgumentException if the position is negative
	 * @throws IllegalStateException if the stream is not captured
	 */
	public OutputCursor outputFrom(OutputType type, long position) {
		OutputRecorder recorder = this.execution.recorder(type);
		if (!recorder.isCapturing()) {
			throw new IllegalStateException("The output of '" + name()
					+ "' is not captured and has no positions: use onOutput(...) or pullOutput()");
		}
		polled();
		return new OutputCursor(recorder, position);
	}

	private OutputRecorder recorder(OutputType type) {
		polled();
		OutputRecorder recorder = this.execution.recorder(type);
		this.wait.forCapture(recorder);
		return recorder;
	}

	/**
	 * Return the standard output as a stream, to be read by one thread at its own pace. A
	 * read blocks until data is available. At most 64 KiB are buffered, and the process
	 * blocks while they are not read. Bytes are returned as they were written, including
	 * secrets.
	 *
	 * <p>
	 * Read the stream to its end, or close it, before {@link #waitFor()}: the process
	 * does not end before. Closing the stream early does not stop the process, but the
	 * process receives PIPE if it continues to write, as in {@code yes | head}. If the
	 * process is stopped by a timeout, a limit or a call of {@code stop()}, a read throws
	 * an {@link java.io.IOException} after the last bytes. Neither a stop nor the closing
	 * of the manager waits for a reader. The end of the stream does not indicate success
	 * or failure; check the exit code.
	 * @return the stream, always the same instance
	 * @throws IllegalStateException if the process was not started with
	 * {@code pullOutput()}
	 */
	public InputStream stdout() {
		return this.execution.recorder(OutputType.OUTPUT).pulled();
	}

	/**
	 * Return the lines of standard output, lazily read from {@link #stdout()} in the
	 * charset of the process. Close the stream unless it is read to its end. Each line is
	 * held in memory completely.
	 * @return the lines; a {@link java.io.UncheckedIOException} is thrown where
	 * {@code stdout()} throws an {@code IOException}
	 * @throws IllegalStateException if the process was not started with
	 * {@code pullOutput()}, or if this method was called before
	 */
	public Stream<String> lines() {
		InputStream stream = stdout();
		if (!this.execution.takeLines()) {
			throw new IllegalStateException(
					"The lines of '" + name() + "' are already being read: use the stream that lines() returned first");
		}
		Charset charset = this.execution.recorder(OutputType.OUTPUT).charset();
		return new BufferedReader(new InputStreamReader(stream, charset)).lines().onClose(() -> {
			try {
				stream.close();
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		});
	}

	/**
	 * Return the standard input, to be written to while the process is running and then
	 * closed.
	 * @return the stream
	 * @throws IllegalStateException if the input was configured in advance
	 */
	public StandardInput stdin() {
		return this.execution.stdin();
	}

	/**
	 * Change the size of the pseudoterminal and notify the process by WINCH.
	 * @param columns the number of columns, 1 to 65535
	 * @param rows the number of rows, 1 to 65535
	 * @throws IllegalArgumentException if a number is out of range
	 * @throws IllegalStateException if the process was not started with {@code pty(...)}
	 */
	public void resize(int columns, int rows) {
		this.execution.resize(columns, rows);
	}

	/**
	 * Send a signal to the process, not to its descendants, and return.
	 * @param signal the signal; see {@code signal(7)}
	 * @throws IllegalStateException if the process has ended, or has changed its user, as
	 * {@code sudo} does, and this JVM is not permitted to signal it ({@code kill(2)},
	 * EPERM)
	 */
	public void signal(Signal signal) {
		this.execution.signal(signal);
	}

	/**
	 * Stop the process and its whole tree: stop signal, grace period (10 s by default),
	 * KILL. Suspended processes receive CONT after the stop signal. This method returns
	 * when the tree is gone and never waits for output. It may be called by a listener.
	 * It does nothing if the process has ended.
	 */
	public void stop() {
		this.execution.stop().request(null);
		this.wait.forStop();
	}

	/**
	 * Stop the process and its whole tree with the given grace period.
	 * @param grace the grace period after the stop signal; zero means immediate KILL
	 */
	public void stop(Duration grace) {
		this.execution.stop().request(Objects.requireNonNull(grace, "grace"));
		this.wait.forStop();
	}

	/**
	 * Stop the process and its whole tree with the given grace period and stop signal.
	 * @param grace the grace period after the stop signal; zero means immediate KILL
	 * @param signal the stop signal, one that ends processes; ignored if a stop is
	 * already in progress
	 */
	public void stop(Duration grace, Signal signal) {
		this.execution.stop().request(Objects.requireNonNull(grace, "grace"), Objects.requireNonNull(signal, "signal"));
		this.wait.forStop();
	}

	/**
	 * Begin to stop the process and its whole tree, as {@link #stop()} does, and return
	 * immediately.
	 * @return a future with the result, as returned by {@link #onExit()}
	 */
	public CompletableFuture<ProcessResult> stopAsync() {
		this.execution.stop().request(null);
		return this.execution.onExit();
	}

	/**
	 * Begin to stop the process and its whole tree with the given grace period, and
	 * return immediately.
	 * @param grace the grace period after the stop signal; zero means immediate KILL
	 * @return a future with the result, as returned by {@link #onExit()}
	 */
	public CompletableFuture<ProcessResult> stopAsync(Duration grace) {
		this.execution.stop().request(Objects.requireNonNull(grace, "grace"));
		return this.execution.onExit();
	}

	/**
	 * Begin to stop the process and its whole tree, as {@link #stop(Duration, Signal)}
	 * does, and return immediately.
	 * @param grace the grace period after the stop signal; zero means immediate KILL
	 * @param signal the stop signal
	 * @return a future with the result, as returned by {@link #onExit()}
	 */
	public CompletableFuture<ProcessResult> stopAsync(Duration grace, Signal signal) {
		this.execution.stop().request(Objects.requireNonNull(grace, "grace"), Objects.requireNonNull(signal, "signal"));
		return this.execution.onExit();
	}

	/**
	 * Kill the process and its whole tree immediately by KILL, and return when the tree
	 * is gone. A stop that is in progress turns into a kill.
	 */
	public void kill() {
		this.execution.stop().requestKill();
		this.wait.forStop();
	}

	/**
	 * Begin to stop the remaining descendants of this process, which has ended: stop
	 * signal, grace period, KILL. Return immediately. Without this call, they live until
	 * the manager is closed. A process that was abandoned because KILL did not end it is
	 * included.
	 * @return a future that indicates whether nothing remains; {@code false} if something
	 * is still alive some time after KILL, or if the manager is closed. Each call returns
	 * a new future: canceling it stops nothing
	 * @throws IllegalStateException if the process has not ended
	 */
	public CompletableFuture<Boolean> stopLeftBehind() {
		return this.leftBehind.stop(null);
	}

	/**
	 * Begin to stop the remaining descendants of this process, which has ended, as
	 * {@link #stopLeftBehind()} does. A stop that is in progress may be accelerated, but
	 * is never delayed.
	 * @param grace the grace period after the stop signal; zero means immediate KILL
	 * @return a future that indicates whether nothing remains
	 * @throws IllegalStateException if the process has not ended
	 */
	public CompletableFuture<Boolean> stopLeftBehind(Duration grace) {
		return this.leftBehind.stop(Objects.requireNonNull(grace, "grace"));
	}

	/**
	 * Wait for the process to end. May be called repeatedly.
	 * @return the result
	 * @throws IllegalStateException if called by a listener of this process before the
	 * process has ended, since the end of the process waits for its listeners
	 * @throws io.procession.process.ProcessTimedOutException if a timeout of the process
	 * was exceeded
	 * @throws io.procession.process.ProcessOutputLimitException if the output limit was
	 * exceeded
	 * @throws io.procession.process.ProcessInterruptedException if this thread was
	 * interrupted; the process continues
	 */
	public ProcessResult waitFor() {
		return this.wait.forResult();
	}

	/**
	 * Wait for the process to end, at most for the given time. The process is not
	 * stopped.
	 * @param timeout the maximum time to wait
	 * @return the result, or empty if the process is still running
	 * @throws io.procession.process.ProcessTimedOutException if a timeout of the process
	 * was exceeded
	 * @throws io.procession.process.ProcessOutputLimitException if the output limit was
	 * exceeded
	 * @throws io.procession.process.ProcessInterruptedException if this thread was
	 * interrupted; the process continues
	 */
	public Optional<ProcessResult> waitFor(Duration timeout) {
		Optional<ProcessResult> result = this.wait.forResult(timeout);
		if (result.isEmpty()) {
			// with a timeout of zero, this call polls
			polled();
		}
		return result;
	}

	/**
	 * Wait until a line of output matches, from the beginning of the output, or until the
	 * process has ended. Lines of one stream are tested in order. An unterminated last
	 * line, such as a prompt, is tested once it has not changed for 50 ms, and again when
	 * it has grown or has been terminated. Unterminated lines of more than 8 KiB are not
	 * considered prompts.
	 * @param condition tests a line of a stream
	 * @return whether a line matched
	 * @throws IllegalStateException if the output is not captured
	 * @throws io.procession.process.ProcessInterruptedException if this thread was
	 * interrupted; the process continues
	 */
	public boolean waitUntil(BiPredicate<OutputType, String> condition) {
		return this.wait.forLine(condition, null);
	}

	/**
	 * Wait until a line of output matches, as {@link #waitUntil(BiPredicate)} does, at
	 * most for the given time.
	 * @param condition tests a line of a stream
	 * @param timeout the maximum time to wait
	 * @return whether a line matched in time
	 * @throws IllegalStateException if the output is not captured
	 * @throws io.procession.process.ProcessInterruptedException if this thread was
	 * interrupted; the process continues
	 */
	public boolean waitUntil(BiPredicate<OutputType, String> condition, Duration timeout) {
		return this.wait.forLine(condition, Objects.requireNonNull(timeout, "timeout"));
	}

	/**
	 * Wait until the next line matches, as {@link #waitUntil(BiPredicate, Duration)}
	 * does, but test only what follows the output that the previous call tested. The rest
	 * of an unterminated line that matched counts as a separate line.
	 * @param condition tests a line of a stream
	 * @param timeout the maximum time to wait
	 * @return whether a line matched, the process ended first, or the timeout elapsed
	 * @throws IllegalStateException if the output is not captured, or if another thread
	 * is waiting in this method
	 * @throws io.procession.process.ProcessInterruptedException if this thread was
	 * interrupted; the process continues
	 */
	public OutputMatch waitUntilNext(BiPredicate<OutputType, String> condition, Duration timeout) {
		return this.wait.forNextLine(condition, timeout);
	}

	/**
	 * Return a future with the result. It completes normally, regardless of how the
	 * process ended; see {@link ProcessResult#cause()}. Dependents are executed on a
	 * thread of the manager, or immediately on the calling thread if the process has
	 * ended.
	 * @return a new future: canceling it stops nothing
	 */
	public CompletableFuture<ProcessResult> onExit() {
		return this.execution.onExit();
	}

	/**
	 * Throw an exception if the timeout or idle timeout was exceeded, even while the
	 * process is still being stopped. This method does not block and stops nothing, since
	 * timeouts are enforced independently. In a polling loop, the process may already
	 * have ended at the next call: call this method once more after the loop.
	 * @throws io.procession.process.ProcessTimedOutException if a timeout was exceeded;
	 * contains a result only if the process has ended
	 */
	public void ensureNotTimedOut() {
		this.execution.ensureNotTimedOut();
	}

	/**
	 * Return the current resource usage.
	 * @return the statistics of the process alone, or empty if it has ended
	 */
	public Optional<ProcessStats> stats() {
		return isRunning() ? this.execution.process().stats() : Optional.empty();
	}

	@Override
	public String toString() {
		return "RunningProcess[" + name() + " pid=" + pid() + " id=" + executionId() + "]";
	}

}
