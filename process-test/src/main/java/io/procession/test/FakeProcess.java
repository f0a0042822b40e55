package io.procession.test;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import io.procession.process.OutputType;
import io.procession.process.ProcessSpec;
import io.procession.process.ProcessStartException;
import io.procession.process.Signal;

/**
 * Behavior of a fake process, as a sequence of steps: what it writes, reads and waits
 * for. After its last step, it exits with code 0 unless another end is configured, which
 * can be done at any position of the sequence.
 *
 * <pre>
 * processes.stub("import *")
 *     .outputLines("one", "two")
 *     .after(Duration.ofSeconds(3))
 *     .errorOutputLines("disk full")
 *     .exitCode(1);
 * </pre>
 *
 * By default, signals have the same effect as on a program that does not handle them:
 * TERM ends the process with exit code 143, KILL with 137. STOP, TSTP, TTIN, TTOU, CONT,
 * CHLD, URG and WINCH have no effect. <i>Not thread-safe; to be configured before the
 * process is started.</i>
 */
public final class FakeProcess {

	private final @Nullable ProcessStub stub;

	private final List<Step> steps = new CopyOnWriteArrayList<>();

	/** Exit code by signal; {@link #IGNORED} for ignored signals. */
	private final Map<Signal, Integer> handlers = new HashMap<>();

	static final int IGNORED = -1;

	private volatile @Nullable End end;

	private volatile @Nullable Long pid;

	private volatile @Nullable Function<ProcessSpec, RuntimeException> startFailure;

	FakeProcess(@Nullable ProcessStub stub) {
		this.stub = stub;
	}

	/**
	 * Let the process write text to standard output. No line terminator is added.
	 * @param text the text
	 * @return this
	 */
	public FakeProcess output(String text) {
		return output(text.getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * Let the process write bytes to standard output.
	 * @param bytes the bytes
	 * @return this
	 */
	public FakeProcess output(byte[] bytes) {
		return add(new Step.Write(OutputType.OUTPUT, bytes.clone()));
	}

	/**
	 * Let the process write lines to standard output, each followed by a line terminator.
	 * @param lines the lines; empty ones are written as well
	 * @return this
	 */
	public FakeProcess outputLines(String... lines) {
		return output(joined(lines));
	}

	/**
	 * Let the process write text to standard error. No line terminator is added.
	 * @param text the text
	 * @return this
	 */
	public FakeProcess errorOutput(String text) {
		return add(new Step.Write(OutputType.ERROR, text.getBytes(StandardCharsets.UTF_8)));
	}

	/**
	 * Let the process write lines to standard error, each followed by a line terminator.
	 * @param lines the lines; empty ones are written as well
	 * @return this
	 */
	public FakeProcess errorOutputLines(String... lines) {
		return errorOutput(joined(lines));
	}

	private static String joined(String... lines) {
		StringBuilder text = new StringBuilder();
		for (String line : lines) {
			text.append(line).append('\n');
		}
		return text.toString();
	}

	/**
	 * Let the process wait before its next step, or before its end if there is none.
	 * @param duration time to wait, by the clock of the fakes; not negative
	 * @return this
	 */
	public FakeProcess after(Duration duration) {
		if (duration.isNegative()) {
			throw new IllegalArgumentException("The duration must not be negative: " + duration);
		}
		return add(new Step.Pause(duration));
	}

	/**
	 * Let the process read one line of its input, and reply with another line. If the
	 * input ends first, the process continues without a reply.
	 * @param answer creates the reply to a line, both without a line terminator;
	 * {@code null} for no reply
	 * @return this
	 */
	public FakeProcess repliesToLine(Function<String, @Nullable String> answer) {
		return add(new Step.ReadLine(answer, false));
	}

	/**
	 * Let the process reply to each line of its input with another line, until the input
	 * ends.
	 * @param answer creates the reply to a line, both without a line terminator;
	 * {@code null} for no reply
	 * @return this
	 */
	public FakeProcess repliesToLines(Function<String, @Nullable String> answer) {
		return add(new Step.ReadLine(answer, true));
	}

	/**
	 * Let the process read its input to the end before its next step.
	 * @return this
	 */
	public FakeProcess readsInput() {
		return repliesWith((call) -> "");
	}

	/**
	 * Let the process read its input to the end, and write the result of a function, for
	 * example {@code processes.stub("cat").repliesWith(ProcessCall::input)}.
	 * @param answer creates the standard output from the call, which includes the input
	 * @return this
	 */
	public FakeProcess repliesWith(Function<ProcessCall, String> answer) {
		return add(new Step.ReadAll(answer));
	}

	/**
	 * Let a function configure the next steps when the process reaches this one. An end
	 * that is configured by the function takes precedence. The function receives the
	 * input that has arrived so far; add {@link #readsInput()} before this step to wait
	 * for all of it.
	 * @param decision called with the call and the behavior to configure
	 * @return this
	 */
	public FakeProcess decides(BiConsumer<ProcessCall, FakeProcess> decision) {
		return add(new Step.Decide(decision));
	}

	/**
	 * Set the resident memory of the process from this step on, as returned by
	 * {@code RunningProcess.stats()}.
	 * @param bytes size in bytes; not negative
	 * @return this
	 */
	public FakeProcess memory(long bytes) {
		return memory(bytes, 0);
	}

	/**
	 * Let the process leak memory from this step on, as returned by
	 * {@code RunningProcess.stats()}.
	 * @param bytes resident memory at this step, in bytes; not negative
	 * @param perSecond growth in bytes per second
	 * @return this
	 */
	public FakeProcess memory(long bytes, long perSecond) {
		if (bytes < 0 || perSecond < 0) {
			throw new IllegalArgumentException("Memory must not be negative: " + bytes + ", " + perSecond);
		}
		return add(new Step.UseMemory(bytes, perSecond));
	}

	/**
	 * Let the process exit with a code after its last step.
	 * @param code 0 to 255
	 * @return this
	 */
	public FakeProcess exitCode(int code) {
		if (code < 0 || code > 255) {
			throw new IllegalArgumentException("An exit code must be 0 to 255: " + code);
		}
		this.end = new End(code, false);
		return this;
	}

	/**
	 * Let the process be ended by a signal after its last step, such as by SEGV in case
	 * of a crash, or by KILL of the out-of-memory killer.
	 * @param signal the signal
	 * @return this
	 */
	public FakeProcess killedBy(Signal signal) {
		this.end = new End(signal.exitCode(), false);
		return this;
	}

	/**
	 * Let the process continue to run after its last step, until it is ended by a signal.
	 * @return this
	 */
	public FakeProcess hangs() {
		this.end = new End(0, true);
		return this;
	}

	/**
	 * Let the process ignore signals.
	 * @param signals the signals; KILL cannot be ignored
	 * @return this
	 */
	public FakeProcess ignores(Signal... signals) {
		for (Signal signal : signals) {
			handle(signal, IGNORED);
		}
		return this;
	}

	/**
	 * Let the process handle a signal by exiting with a code.
	 * @param signal the signal; KILL cannot be handled
	 * @param code the exit code
	 * @return this
	 */
	public FakeProcess exitsOn(Signal signal, int code) {
		if (code < 0 || code > 255) {
			throw new IllegalArgumentException("An exit code must be 0 to 255: " + code);
		}
		return handle(signal, code);
	}

	private FakeProcess handle(Signal signal, int code) {
		if (signal == Signal.KILL || signal == Signal.STOP) {
			throw new IllegalArgumentException(signal + " can be neither ignored nor handled: signal(7)");
		}
		synchronized (this.handlers) {
			this.handlers.put(signal, code);
		}
		return this;
	}

	/**
	 * Set the process ID. By default, each fake has a PID that no process of the machine
	 * can have. With another one, code under test that sends signals to PIDs by itself
	 * could affect a real process.
	 * @param value positive
	 * @return this
	 */
	public FakeProcess pid(long value) {
		if (value <= 0) {
			throw new IllegalArgumentException("A process ID must be positive: " + value);
		}
		this.pid = value;
		return this;
	}

	/**
	 * Let the start of the process fail.
	 * @param reason the reason
	 * @return this
	 */
	public FakeProcess failsToStart(ProcessStartException.Reason reason) {
		this.startFailure = (spec) -> new ProcessStartException(spec, reason, "its stub specifies " + reason, null);
		return this;
	}

	/**
	 * Let the start of the process throw an exception.
	 * @param exception the exception
	 * @return this
	 */
	public FakeProcess failsToStart(RuntimeException exception) {
		this.startFailure = (spec) -> exception;
		return this;
	}

	/**
	 * Configure another behavior for the next process of the same stub. Once all
	 * behaviors have been used, a further process causes a {@link StrayProcessError},
	 * unless {@link #otherwise()} is used.
	 * @return the behavior of the next process
	 */
	public FakeProcess then() {
		return stub("then()").then();
	}

	/**
	 * Configure another behavior for all further processes of the same stub.
	 * @return the behavior of all further processes
	 */
	public FakeProcess otherwise() {
		return stub("otherwise()").otherwise();
	}

	private ProcessStub stub(String method) {
		if (this.stub == null) {
			throw new IllegalStateException(method + " is available on stubs only, not on a single process");
		}
		return this.stub;
	}

	private FakeProcess add(Step step) {
		this.steps.add(step);
		return this;
	}

	List<Step> steps() {
		return List.copyOf(this.steps);
	}

	@Nullable Long pid() {
		return this.pid;
	}

	@Nullable End end() {
		return this.end;
	}

	Map<Signal, Integer> handlers() {
		synchronized (this.handlers) {
			return Map.copyOf(this.handlers);
		}
	}

	/** Throw the exception that makes the start fail, if one is configured. */
	void checkStart(ProcessSpec spec) {
		Function<ProcessSpec, RuntimeException> failure = this.startFailure;
		if (failure != null) {
			throw failure.apply(spec);
		}
	}

	/**
	 * The end of a process.
	 *
	 * @param code the exit code
	 * @param never whether the process does not end by itself
	 */
	record End(int code, boolean never) {

	}

}
