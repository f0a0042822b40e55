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
 * The life of a fake process, told in order: what it writes, reads and waits for. It ends
 * with exit code 0 unless something else is said, wherever that is said.
 *
 * <pre>
 * processes.stub("import *")
 *     .outputLines("one", "two")
 *     .after(Duration.ofSeconds(3))
 *     .errorOutputLines("disk full")
 *     .exitCode(1);
 * </pre>
 *
 * Signals end it as they end a program that handles none: TERM with exit code 143, KILL
 * with 137. STOP, TSTP, TTIN, TTOU, CONT, CHLD, URG and WINCH change nothing. <i>To be
 * told by one thread, before its process is started.</i>
 */
public final class FakeProcess {

	private final @Nullable ProcessStub stub;

	private final List<Step> steps = new CopyOnWriteArrayList<>();

	/** Exit code by signal; {@link #IGNORED} for those that it ignores. */
	private final Map<Signal, Integer> handlers = new HashMap<>();

	static final int IGNORED = -1;

	private volatile @Nullable End end;

	private volatile @Nullable Long pid;

	private volatile @Nullable Function<ProcessSpec, RuntimeException> startFailure;

	FakeProcess(@Nullable ProcessStub stub) {
		this.stub = stub;
	}

	/**
	 * It writes text to standard output, as it is: without a line end unless it has one.
	 * @param text the text
	 * @return this
	 */
	public FakeProcess output(String text) {
		return output(text.getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * It writes bytes to standard output.
	 * @param bytes the bytes
	 * @return this
	 */
	public FakeProcess output(byte[] bytes) {
		return add(new Step.Write(OutputType.OUTPUT, bytes.clone()));
	}

	/**
	 * It writes lines to standard output, each with a line end.
	 * @param lines the lines; an empty one is kept
	 * @return this
	 */
	public FakeProcess outputLines(String... lines) {
		return output(joined(lines));
	}

	/**
	 * It writes text to standard error, as it is: without a line end unless it has one.
	 * @param text the text
	 * @return this
	 */
	public FakeProcess errorOutput(String text) {
		return add(new Step.Write(OutputType.ERROR, text.getBytes(StandardCharsets.UTF_8)));
	}

	/**
	 * It writes lines to standard error, each with a line end.
	 * @param lines the lines; an empty one is kept
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
	 * What follows, if only its end, comes so much later.
	 * @param duration how much, by the fakes' clock; not negative
	 * @return this
	 */
	public FakeProcess after(Duration duration) {
		if (duration.isNegative()) {
			throw new IllegalArgumentException("A process cannot go on earlier: " + duration);
		}
		return add(new Step.Pause(duration));
	}

	/**
	 * It reads one line of its input, and answers with another. If its input ends before,
	 * it goes on without.
	 * @param answer makes the answer of a line, both without line end; {@code null} says
	 * nothing
	 * @return this
	 */
	public FakeProcess repliesToLine(Function<String, @Nullable String> answer) {
		return add(new Step.ReadLine(answer, false));
	}

	/**
	 * It answers each line of its input with another, until its input ends.
	 * @param answer makes the answer of a line, both without line end; {@code null} says
	 * nothing
	 * @return this
	 */
	public FakeProcess repliesToLines(Function<String, @Nullable String> answer) {
		return add(new Step.ReadLine(answer, true));
	}

	/**
	 * It reads its input to the end, before what follows.
	 * @return this
	 */
	public FakeProcess readsInput() {
		return repliesWith((call) -> "");
	}

	/**
	 * It reads its input to the end, and writes what a function makes of the call, its
	 * input included: {@code processes.stub("cat").repliesWith(ProcessCall::input)}.
	 * @param answer makes the standard output, as it is
	 * @return this
	 */
	public FakeProcess repliesWith(Function<ProcessCall, String> answer) {
		return add(new Step.ReadAll(answer));
	}

	/**
	 * It goes on as a function says when it comes to this point. What the function says
	 * of the end holds. Input is there as far as it has come: say {@link #readsInput()}
	 * before to have all.
	 * @param decision is given the call, and what to tell the rest to
	 * @return this
	 */
	public FakeProcess decides(BiConsumer<ProcessCall, FakeProcess> decision) {
		return add(new Step.Decide(decision));
	}

	/**
	 * It has so much memory in RAM from here on, for {@code RunningProcess.stats()}.
	 * @param bytes how much; not negative
	 * @return this
	 */
	public FakeProcess memory(long bytes) {
		return memory(bytes, 0);
	}

	/**
	 * It leaks memory from here on, for {@code RunningProcess.stats()}.
	 * @param bytes how much it has in RAM now; not negative
	 * @param perSecond how much more each second
	 * @return this
	 */
	public FakeProcess memory(long bytes, long perSecond) {
		if (bytes < 0 || perSecond < 0) {
			throw new IllegalArgumentException("Memory must not be negative: " + bytes + ", " + perSecond);
		}
		return add(new Step.UseMemory(bytes, perSecond));
	}

	/**
	 * It ends with an exit code, when it has done all else.
	 * @param code 0 to 255
	 * @return this
	 */
	public FakeProcess exitCode(int code) {
		if (code < 0 || code > 255) {
			throw new IllegalArgumentException("An exit code is 0 to 255: " + code);
		}
		this.end = new End(code, false);
		return this;
	}

	/**
	 * It is ended by a signal of somebody else, when it has done all else: a crash by
	 * SEGV, the system's out-of-memory killer by KILL.
	 * @param signal the signal
	 * @return this
	 */
	public FakeProcess killedBy(Signal signal) {
		this.end = new End(signal.exitCode(), false);
		return this;
	}

	/**
	 * It does not end by itself, when it has done all else: a signal has to end it.
	 * @return this
	 */
	public FakeProcess hangs() {
		this.end = new End(0, true);
		return this;
	}

	/**
	 * Signals do not end it.
	 * @param signals which; KILL cannot be ignored
	 * @return this
	 */
	public FakeProcess ignores(Signal... signals) {
		for (Signal signal : signals) {
			handle(signal, IGNORED);
		}
		return this;
	}

	/**
	 * A signal ends it in an orderly way.
	 * @param signal which; KILL cannot be handled
	 * @param code its exit code then
	 * @return this
	 */
	public FakeProcess exitsOn(Signal signal, int code) {
		if (code < 0 || code > 255) {
			throw new IllegalArgumentException("An exit code is 0 to 255: " + code);
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
	 * Set the process ID; by default, each fake has one that no process of the machine
	 * can have. Code that signals a PID by itself would hit a real process of this one.
	 * @param value positive
	 * @return this
	 */
	public FakeProcess pid(long value) {
		if (value <= 0) {
			throw new IllegalArgumentException("A process ID is positive: " + value);
		}
		this.pid = value;
		return this;
	}

	/**
	 * It cannot be started.
	 * @param reason why
	 * @return this
	 */
	public FakeProcess failsToStart(ProcessStartException.Reason reason) {
		this.startFailure = (spec) -> new ProcessStartException(spec, reason, "its stub says " + reason, null);
		return this;
	}

	/**
	 * Starting it throws.
	 * @param exception what
	 * @return this
	 */
	public FakeProcess failsToStart(RuntimeException exception) {
		this.startFailure = (spec) -> exception;
		return this;
	}

	/**
	 * The next process of the same stub is another: what is told now is its life. When
	 * all have been used, a further one is a {@link StrayProcessError}, unless there is
	 * {@link #otherwise()}.
	 * @return the life of the next process
	 */
	public FakeProcess then() {
		return stub("then()").then();
	}

	/**
	 * All further processes of the same stub are the same: what is told now is their
	 * life.
	 * @return the life of all further processes
	 */
	public FakeProcess otherwise() {
		return stub("otherwise()").otherwise();
	}

	private ProcessStub stub(String method) {
		if (this.stub == null) {
			throw new IllegalStateException(method + " is for stubs: this is one process only");
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

	/** Throws what keeps it from starting, if something does. */
	void checkStart(ProcessSpec spec) {
		Function<ProcessSpec, RuntimeException> failure = this.startFailure;
		if (failure != null) {
			throw failure.apply(spec);
		}
	}

	/**
	 * How it ends.
	 *
	 * @param code its exit code
	 * @param never whether it does not, by itself
	 */
	record End(int code, boolean never) {

	}

}
