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

import io.procession.process.Command;
import io.procession.process.OutputType;
import io.procession.process.ProcessResult;
import io.procession.process.Signal;
import io.procession.stats.ProcessStats;

/**
 * A process that was started: read it, write to it, wait for it, stop it.
 * <i>Thread-safe.</i>
 */
public final class RunningProcess {

	private final ProcessRun run;

	private final RunWait wait;

	private final LeftBehind leftBehind;

	RunningProcess(ProcessRun run) {
		this.run = run;
		this.wait = new RunWait(run);
		this.leftBehind = new LeftBehind(run);
	}

	/**
	 * This run's own id: the same in its events, never used again.
	 * @return the id
	 */
	public String id() {
		return this.run.id();
	}

	/**
	 * Its process ID. Means nothing once it has ended: PIDs are used again.
	 * @return the PID
	 */
	public long pid() {
		return this.run.process().pid();
	}

	/**
	 * What it is called.
	 * @return the name, by default the program's file name
	 */
	public String name() {
		return this.run.spec().displayName();
	}

	/**
	 * What it runs.
	 * @return the command, its secrets hidden
	 */
	public Command command() {
		return this.run.spec().command();
	}

	/**
	 * When it was started.
	 * @return the instant
	 */
	public Instant startedAt() {
		return this.run.startedAt();
	}

	/**
	 * Whether the process itself still runs; what it started may live on. Once it does
	 * not, {@link #output()} and {@link #latestOutput()} are complete.
	 * @return whether it runs
	 */
	public boolean isRunning() {
		boolean running = this.run.isRunning();
		polled();
		return running;
	}

	private void polled() {
		if (this.run.outcome() == null) {
			this.run.context().time().polled(this.run.process());
		}
	}

	/**
	 * Return what it has written to standard output so far, as far as it is captured.
	 * Once the process has ended this is all that it wrote: what is still in the pipe is
	 * waited for, at most as long as the drain. A listener of the process does not wait.
	 * @return the text
	 */
	public String output() {
		return recorder(OutputType.OUTPUT).captured().toString();
	}

	/**
	 * Return what it has written to standard error so far, as {@link #output()} does for
	 * standard output.
	 * @return the text
	 */
	public String errorOutput() {
		return recorder(OutputType.ERROR).captured().toString();
	}

	/**
	 * Return what it has written to standard output since the last call. Each byte is
	 * returned once; a character that is not complete yet comes next time. Once the
	 * process has ended this is all the rest, as with {@link #output()}.
	 * @return the text, empty if there is nothing new
	 */
	public String latestOutput() {
		return recorder(OutputType.OUTPUT).latest();
	}

	/**
	 * Return what it has written to standard error since the last call, as
	 * {@link #latestOutput()} does for standard output.
	 * @return the text, empty if there is nothing new
	 */
	public String latestErrorOutput() {
		return recorder(OutputType.ERROR).latest();
	}

	private OutputRecorder recorder(OutputType type) {
		polled();
		OutputRecorder recorder = this.run.recorder(type);
		this.run.awaitCapture(recorder);
		return recorder;
	}

	/**
	 * Return its standard output, to be read at the caller's own pace by one thread. A
	 * read blocks until there is something; the process waits while nothing is read and
	 * at most 64 KiB are under way. Bytes come as they were written, secrets included.
	 *
	 * <p>
	 * Read it to its end, or close it, before {@link #waitFor()}: the process does not
	 * end before. Closing it early does not stop the process, but lets it receive PIPE if
	 * it goes on writing, as in {@code yes | head}. If the process is stopped by a
	 * timeout, a limit or a call of {@code stop()}, a read throws an
	 * {@link java.io.IOException} after the last bytes. A stop or a close does not wait
	 * for a reader. The end of the stream says nothing about the exit code.
	 * @return the stream, always the same one
	 * @throws IllegalStateException if it was not started with {@code pullOutput()}
	 */
	public InputStream stdout() {
		return this.run.recorder(OutputType.OUTPUT).pulled();
	}

	/**
	 * Return the lines of its standard output, read from {@link #stdout()} as they are
	 * asked for, in the charset of the process. Close the stream unless it is read to its
	 * end. A line is held in memory as a whole.
	 * @return the lines; a {@link java.io.UncheckedIOException} is thrown where
	 * {@code stdout()} throws an {@code IOException}
	 * @throws IllegalStateException if it was not started with {@code pullOutput()}, or
	 * if this was called before
	 */
	public Stream<String> lines() {
		InputStream stream = stdout();
		if (!this.run.takeLines()) {
			throw new IllegalStateException("The lines of '" + name()
					+ "' are being read already: keep the first stream that lines() returned");
		}
		Charset charset = this.run.recorder(OutputType.OUTPUT).charset();
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
	 * Its standard input, to write to while it lives and to close.
	 * @return the stream
	 * @throws IllegalStateException if its input was given in advance
	 */
	public StandardInput stdin() {
		return this.run.stdin();
	}

	/**
	 * Changes the size of its terminal, and tells it so by WINCH.
	 * @param columns characters in a line, 1 to 65535
	 * @param rows lines, 1 to 65535
	 * @throws IllegalArgumentException if a number is out of range
	 * @throws IllegalStateException if it was not started with {@code pty(...)}
	 */
	public void resize(int columns, int rows) {
		this.run.resize(columns, rows);
	}

	/**
	 * Sends a signal to the process alone and returns.
	 * @param signal what to send; see {@code signal(7)}
	 * @throws IllegalStateException if the process has ended, or has become another
	 * user's, as {@code sudo} does, and this JVM is not permitted to signal it
	 * ({@code kill(2)}, EPERM)
	 */
	public void signal(Signal signal) {
		this.run.signal(signal);
	}

	/**
	 * Stops the process and its whole tree: stop signal, grace of 10 s unless said
	 * otherwise, KILL. What is suspended gets CONT after the stop signal. Returns when
	 * the tree is gone; never waits for output. May be called from a listener. Does
	 * nothing if the process has ended.
	 */
	public void stop() {
		this.run.beginStop(null);
		this.wait.forStop();
	}

	/**
	 * Stops the process and its whole tree with another grace.
	 * @param grace how long it has to end after the stop signal; zero means KILL at once
	 */
	public void stop(Duration grace) {
		this.run.beginStop(Objects.requireNonNull(grace, "grace"));
		this.wait.forStop();
	}

	/**
	 * Stop the process and its whole tree with another grace and another stop signal.
	 * @param grace how long it has to end after the stop signal; zero means KILL at once
	 * @param signal what asks it to end, a signal that ends processes; not heeded if a
	 * stop is under way already
	 */
	public void stop(Duration grace, Signal signal) {
		this.run.beginStop(Objects.requireNonNull(grace, "grace"), Objects.requireNonNull(signal, "signal"));
		this.wait.forStop();
	}

	/**
	 * Begins to stop the process and its whole tree, as {@link #stop()} does, and returns
	 * at once.
	 * @return its result, later, as {@link #onExit()} gives it
	 */
	public CompletableFuture<ProcessResult> stopAsync() {
		this.run.beginStop(null);
		return this.run.onExit();
	}

	/**
	 * Begins to stop the process and its whole tree and returns at once.
	 * @param grace how long it has to end after the stop signal; zero means KILL at once
	 * @return its result, later, as {@link #onExit()} gives it
	 */
	public CompletableFuture<ProcessResult> stopAsync(Duration grace) {
		this.run.beginStop(Objects.requireNonNull(grace, "grace"));
		return this.run.onExit();
	}

	/**
	 * Begin to stop the process and its whole tree, as {@link #stop(Duration, Signal)}
	 * does, and return at once.
	 * @param grace how long it has to end after the stop signal; zero means KILL at once
	 * @param signal what asks it to end
	 * @return its result, later, as {@link #onExit()} gives it
	 */
	public CompletableFuture<ProcessResult> stopAsync(Duration grace, Signal signal) {
		this.run.beginStop(Objects.requireNonNull(grace, "grace"), Objects.requireNonNull(signal, "signal"));
		return this.run.onExit();
	}

	/**
	 * Kills the process and its whole tree now, by KILL, and returns when the tree is
	 * gone. A stop that is under way turns into a kill.
	 */
	public void kill() {
		this.run.beginKill();
		this.wait.forStop();
	}

	/**
	 * Begin to stop everything that this process, which has ended, has left behind: its
	 * stop signal, its grace, KILL. Without this call that lives on until the manager
	 * closes. A process that was abandoned because KILL did not end it counts as left
	 * behind. Return at once.
	 * @return whether nothing is left; {@code false} if something is still alive a while
	 * after KILL, or if the manager is closed. A future of its own: canceling it stops
	 * nothing
	 * @throws IllegalStateException if the process has not ended
	 */
	public CompletableFuture<Boolean> stopLeftBehind() {
		return this.leftBehind.stop(null);
	}

	/**
	 * Begin to stop everything that this process, which has ended, has left behind, as
	 * {@link #stopLeftBehind()} does. A stop that is under way is made no slower.
	 * @param grace how long that has to end after the stop signal; zero means KILL at
	 * once
	 * @return whether nothing is left
	 * @throws IllegalStateException if the process has not ended
	 */
	public CompletableFuture<Boolean> stopLeftBehind(Duration grace) {
		return this.leftBehind.stop(Objects.requireNonNull(grace, "grace"));
	}

	/**
	 * Waits for its end. May be called again: the result stays.
	 * @return its result
	 * @throws IllegalStateException if called by one of its own listeners while it has
	 * not ended: its end waits for them
	 * @throws io.procession.process.ProcessTimedOutException if its time was over
	 * @throws io.procession.process.ProcessOutputLimitException if it wrote too much
	 * @throws io.procession.process.ProcessInterruptedException if this thread was
	 * interrupted; the process goes on
	 */
	public ProcessResult waitFor() {
		return this.wait.forResult();
	}

	/**
	 * Waits for its end, but not for ever. Does not stop it.
	 * @param timeout at most so long
	 * @return its result, or empty if it still runs
	 * @throws io.procession.process.ProcessTimedOutException if its own time was over
	 * @throws io.procession.process.ProcessOutputLimitException if it wrote too much
	 * @throws io.procession.process.ProcessInterruptedException if this thread was
	 * interrupted; the process goes on
	 */
	public Optional<ProcessResult> waitFor(Duration timeout) {
		Optional<ProcessResult> result = this.wait.forResult(timeout);
		if (result.isEmpty()) {
			// with a timeout of zero, this is a look
			polled();
		}
		return result;
	}

	/**
	 * Wait until a line of its output matches, looking at the output from its beginning,
	 * or until the process has ended. Lines of one stream come in order. A last line that
	 * is not finished, such as a prompt, is tested once it has stood still for 50 ms, and
	 * again when it has grown or is finished. More than 8 KiB of it is no prompt.
	 * @param condition looks at a stream's line
	 * @return whether a line matched
	 * @throws IllegalStateException if the output is not kept
	 * @throws io.procession.process.ProcessInterruptedException if this thread was
	 * interrupted; the process goes on
	 */
	public boolean waitUntil(BiPredicate<OutputType, String> condition) {
		return this.wait.forLine(condition, null);
	}

	/**
	 * As {@link #waitUntil(BiPredicate)}, but not for ever.
	 * @param condition looks at a stream's line
	 * @param timeout at most so long
	 * @return whether a line matched in time
	 * @throws IllegalStateException if the output is not kept
	 * @throws io.procession.process.ProcessInterruptedException if this thread was
	 * interrupted; the process goes on
	 */
	public boolean waitUntil(BiPredicate<OutputType, String> condition, Duration timeout) {
		return this.wait.forLine(condition, Objects.requireNonNull(timeout, "timeout"));
	}

	/**
	 * Wait for the next line that matches: as {@link #waitUntil(BiPredicate, Duration)},
	 * but testing only what follows the output that the previous call has tested. The
	 * rest of an unfinished line that matched counts as a line of its own.
	 * @param condition looks at a stream's line
	 * @param timeout at most so long
	 * @return whether a line matched, the process ended first, or the timeout elapsed
	 * @throws IllegalStateException if the output is not captured, or if another thread
	 * is waiting in this method
	 * @throws io.procession.process.ProcessInterruptedException if this thread was
	 * interrupted; the process goes on
	 */
	public OutputMatch waitUntilNext(BiPredicate<OutputType, String> condition, Duration timeout) {
		return this.wait.forNextLine(condition, timeout);
	}

	/**
	 * Its result, later. Completes normally however it ended; look at
	 * {@link ProcessResult#cause()}. Dependents run on a thread of the manager, or at
	 * once on the calling one if it has ended.
	 * @return a future of its own: cancelling it stops nothing
	 */
	public CompletableFuture<ProcessResult> onExit() {
		return this.run.onExit();
	}

	/**
	 * Throw an exception if its timeout or idle timeout was exceeded, even while it is
	 * still being stopped for that. Does not block and stops nothing: the timeouts hold
	 * by themselves. A loop that pauses between two calls may find that the process has
	 * already ended: call this once more after such a loop.
	 * @throws io.procession.process.ProcessTimedOutException if a timeout was exceeded;
	 * has a result only if the process has ended
	 */
	public void ensureNotTimedOut() {
		this.run.ensureNotTimedOut();
	}

	/**
	 * What it uses right now.
	 * @return the statistics of the process alone, or empty if it has ended
	 */
	public Optional<ProcessStats> stats() {
		return isRunning() ? this.run.process().stats() : Optional.empty();
	}

	@Override
	public String toString() {
		return "RunningProcess[" + name() + " pid=" + pid() + " id=" + id() + "]";
	}

}
