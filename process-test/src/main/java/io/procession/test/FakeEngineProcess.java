package io.procession.test;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import io.procession.engine.EngineProcess;
import io.procession.engine.OutputSink;
import io.procession.engine.ProcessTree;
import io.procession.process.ExitStatus;
import io.procession.process.OutputType;
import io.procession.process.Signal;
import io.procession.process.Terminal;
import io.procession.stats.ProcessStats;

/**
 * A fake process that has been started. Its steps are executed by short tasks, one at a
 * time, each of which continues until the process waits for time or input. A signal that
 * ends the process takes effect immediately, regardless of the state of the task.
 */
final class FakeEngineProcess implements EngineProcess {

	private static final Set<Signal> HARMLESS = Set.of(Signal.STOP, Signal.TSTP, Signal.TTIN, Signal.TTOU, Signal.CONT,
			Signal.CHLD, Signal.URG, Signal.WINCH);

	/**
	 * Number of the process, which is also its PID unless the stub configures another
	 * one.
	 */
	private final long number;

	private final long pid;

	private final ProcessCall call;

	private final ManualTime time;

	private final Instant startedAt;

	private final long startedNanos;

	private final FakeInput input;

	/**
	 * Whether its input comes from the JVM. Otherwise, bytes written to {@link #input()}
	 * are discarded.
	 */
	private final boolean jvmInput;

	private final FakeOutput output;

	private final FakeOutput error;

	private final Map<Signal, Integer> handlers = new ConcurrentHashMap<>();

	private final AtomicInteger kicks = new AtomicInteger();

	private volatile @Nullable Memory memory;

	/** Guards writes of the two fields below. */
	private final Object exitLock = new Object();

	private volatile @Nullable Integer exitCode;

	private final List<Runnable> exitActions = new ArrayList<>();

	// all fields below are confined to the task of the process

	private final Deque<Step> steps;

	private FakeProcess.@Nullable End end;

	private @Nullable Long wakeAt;

	private boolean connected;

	private boolean over;

	FakeEngineProcess(long number, ProcessCall call, FakeProcess life, ManualTime time, boolean jvmInput,
			FakeOutput output, FakeOutput error) {
		this.number = number;
		this.pid = Objects.requireNonNullElse(life.pid(), number);
		this.call = call;
		this.time = time;
		this.startedAt = time.now();
		this.startedNanos = time.nanoTime();
		this.input = new FakeInput(call, this::kickAndSettle);
		this.jvmInput = jvmInput;
		this.output = output;
		this.error = error;
		this.steps = new ArrayDeque<>(life.steps());
		this.end = life.end();
		this.handlers.putAll(life.handlers());
	}

	@Override
	public long pid() {
		return this.pid;
	}

	long number() {
		return this.number;
	}

	ProcessCall call() {
		return this.call;
	}

	@Override
	public void connect(@Nullable OutputSink outputSink, @Nullable OutputSink errorSink, Executor executor) {
		this.time.deterministicScheduler().execute(() -> {
			this.output.connect(outputSink);
			this.error.connect((this.error != this.output) ? errorSink : outputSink);
			this.connected = true;
			kick();
		});
	}

	@Override
	public OutputStream input() {
		return this.jvmInput ? this.input : OutputStream.nullOutputStream();
	}

	/** Return the input of the process, regardless of its source. */
	FakeInput fakeInput() {
		return this.input;
	}

	// as ambiguous as the exit code that the JDK provides for a real process
	@Override
	public Optional<ExitStatus> exitStatus() {
		return Optional.ofNullable(this.exitCode).map(ExitStatus::ofShellCode);
	}

	@Override
	public boolean waitFor(Duration timeout) throws InterruptedException {
		return this.time.deterministicScheduler()
			.await(() -> this.exitCode != null, TimeUnit.NANOSECONDS.convert(timeout), toString());
	}

	@Override
	public void onExit(Runnable action) {
		synchronized (this.exitLock) {
			if (this.exitCode == null) {
				this.exitActions.add(action);
				return;
			}
		}
		this.time.deterministicScheduler().execute(action);
	}

	@Override
	public boolean signal(Signal signal) {
		boolean reached = deliver(signal);
		this.time.settle();
		return reached;
	}

	/** End the process as KILL does, without executing the tasks that this causes. */
	void end() {
		deliver(Signal.KILL);
	}

	private boolean deliver(Signal signal) {
		if (this.exitCode != null) {
			return false;
		}
		this.call.signalled(signal);
		Integer handled = this.handlers.get(signal);
		if (handled != null && handled != FakeProcess.IGNORED) {
			exit(handled);
		}
		else if (handled == null && !HARMLESS.contains(signal)) {
			exit(signal.exitCode());
		}
		return true;
	}

	@Override
	public void resize(Terminal.Pseudo size) {
		// no effect on a fake process
	}

	@Override
	public ProcessTree tree() {
		return new Alone();
	}

	@Override
	public boolean mayLeaveBehind() {
		return false;
	}

	@Override
	public Optional<ProcessStats> stats() {
		if (this.exitCode != null) {
			return Optional.empty();
		}
		Memory used = this.memory;
		OptionalLong resident = (used != null) ? OptionalLong.of(used.at(this.time.nanoTime())) : OptionalLong.empty();
		return Optional
			.of(new ProcessStats(this.pid, this.startedAt, Duration.ofNanos(this.time.nanoTime() - this.startedNanos),
					Duration.ZERO, resident, OptionalLong.empty(), OptionalInt.empty(), OptionalInt.empty(),
					OptionalLong.empty(), OptionalLong.empty(), OptionalInt.empty()));
	}

	private void exit(int code) {
		List<Runnable> actions;
		synchronized (this.exitLock) {
			if (this.exitCode != null) {
				return;
			}
			this.call.ended(code);
			this.exitCode = code;
			actions = List.copyOf(this.exitActions);
		}
		this.input.breakPipe();
		this.time.deterministicScheduler().touch();
		kick();
		actions.forEach(this.time.deterministicScheduler()::execute);
	}

	// --- steps

	private void kickAndSettle() {
		kick();
		this.time.settle();
	}

	private void kick() {
		if (this.kicks.getAndIncrement() == 0) {
			this.time.deterministicScheduler().execute(this::live);
		}
	}

	private void live() {
		do {
			if (this.connected) {
				goOn();
			}
		}
		while (this.kicks.decrementAndGet() > 0);
	}

	private void goOn() {
		boolean goOn = true;
		while (goOn && this.exitCode == null) {
			Step step = this.steps.peek();
			goOn = (step != null) ? isDone(step) : isEnded();
		}
		if (this.exitCode != null && !this.over) {
			this.over = true;
			this.output.end();
			this.error.end();
		}
	}

	private boolean isEnded() {
		FakeProcess.End how = this.end;
		if (how != null && how.never()) {
			return false;
		}
		exit((how != null) ? how.code() : 0);
		return true;
	}

	/** Execute a step as far as currently possible, and return whether it is complete. */
	private boolean isDone(Step step) {
		if (step instanceof Step.Pause pause) {
			return hasPaused(pause);
		}
		if (step instanceof Step.ReadLine read) {
			return hasReadLine(read);
		}
		if (step instanceof Step.ReadAll && !this.input.isEnded()) {
			return false;
		}
		this.steps.remove();
		if (step instanceof Step.Write write) {
			write(write.type(), write.bytes());
		}
		else if (step instanceof Step.ReadAll read) {
			write(ask(read.answer(), this.call));
		}
		else if (step instanceof Step.Decide decide) {
			decide(decide);
		}
		else if (step instanceof Step.UseMemory use) {
			this.memory = new Memory(use.bytes(), use.perSecond(), this.time.nanoTime());
		}
		return true;
	}

	private boolean hasPaused(Step.Pause pause) {
		long now = this.time.nanoTime();
		if (this.wakeAt == null) {
			this.wakeAt = DeterministicScheduler.sum(now, TimeUnit.NANOSECONDS.convert(pause.duration()));
			this.time.deterministicScheduler().schedule(this::kick, this.wakeAt);
		}
		if (now < this.wakeAt) {
			return false;
		}
		this.wakeAt = null;
		this.steps.remove();
		return true;
	}

	private boolean hasReadLine(Step.ReadLine read) {
		String line = this.input.takeLine();
		if (line == null) {
			if (!this.input.isEnded()) {
				return false;
			}
			this.steps.remove();
			return true;
		}
		if (!read.all()) {
			this.steps.remove();
		}
		String answer = ask(read.answer(), line);
		write((answer != null) ? answer + "\n" : null);
		return true;
	}

	private void decide(Step.Decide decide) {
		FakeProcess rest = new FakeProcess(null);
		ask((process) -> {
			decide.decision().accept(process, rest);
			return null;
		}, this.call);
		List<Step> more = rest.steps();
		for (int i = more.size() - 1; i >= 0; i--) {
			this.steps.push(more.get(i));
		}
		this.handlers.putAll(rest.handlers());
		if (rest.end() != null) {
			this.end = rest.end();
		}
	}

	// a failure of a function of the test must make the test fail
	private <A, B> @Nullable B ask(Function<A, @Nullable B> function, A argument) {
		try {
			return function.apply(argument);
		}
		catch (AssertionError ex) {
			this.time.deterministicScheduler().report(ex);
		}
		catch (RuntimeException ex) {
			this.time.deterministicScheduler()
				.report(new AssertionError("The function of the stub for '" + this.call + "' failed", ex));
		}
		exit(1);
		return null;
	}

	private void write(@Nullable String text) {
		if (text != null && !text.isEmpty()) {
			write(OutputType.OUTPUT, text.getBytes(StandardCharsets.UTF_8));
		}
	}

	private void write(OutputType type, byte[] bytes) {
		if (this.exitCode == null) {
			this.call.wrote(type, bytes);
		}
		FakeOutput to = (type == OutputType.OUTPUT) ? this.output : this.error;
		if (this.exitCode == null && bytes.length > 0 && !to.write(bytes)) {
			deliver(Signal.PIPE);
		}
	}

	@Override
	public String toString() {
		return "the end of '" + this.call + "' (fake PID " + this.pid + ")";
	}

	/**
	 * Memory usage of the process.
	 *
	 * @param bytes initial size in bytes
	 * @param perSecond growth in bytes per second
	 * @param since time of the initial size
	 */
	private record Memory(long bytes, long perSecond, long since) {

		long at(long now) {
			return this.bytes + Math.round(this.perSecond * ((now - this.since) / 1e9));
		}

	}

	/**
	 * A process tree without children.
	 */
	private final class Alone implements ProcessTree {

		private final Set<Signal> sent = new HashSet<>();

		@Override
		public List<Long> alive() {
			return (FakeEngineProcess.this.exitCode == null) ? List.of(FakeEngineProcess.this.pid) : List.of();
		}

		@Override
		public void signal(Signal signal) {
			if (this.sent.add(signal) || signal == Signal.KILL) {
				deliver(signal);
			}
		}

	}

}
