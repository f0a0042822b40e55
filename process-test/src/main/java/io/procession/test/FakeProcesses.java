package io.procession.test;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import io.procession.ProcessManager;
import io.procession.concurrent.TimeSource;
import io.procession.engine.EngineProcess;
import io.procession.engine.Launch;
import io.procession.engine.ProcessEngine;
import io.procession.engine.ProcessTree;
import io.procession.engine.local.LocalProcessEngine;
import io.procession.process.Command;
import io.procession.process.OutputFile;
import io.procession.process.ProcessSpec;
import io.procession.process.ProcessStartException;
import io.procession.process.Signal;

/**
 * Fake processes for tests of code that executes processes. No process is started, and
 * time is controlled by the test. This is an engine like the one for real processes, so
 * that managers, pools, pipelines and supervisors execute their real code.
 *
 * <pre>
 * FakeProcesses processes = FakeProcesses.create();
 * processes.stub("git pull *").outputLines("Already up to date.");
 *
 * new Deployment(processes.manager()).deploy("shop");
 *
 * assertThat(processes).ran("git", "pull", "origin", "main");
 * </pre>
 *
 * A stray process, which no stub matches, is rejected with a {@link StrayProcessError}.
 * If several stubs match, the first one is used. A stub replaces an earlier one with the
 * same pattern or arguments. <i>Thread-safe.</i>
 */
public final class FakeProcesses implements ProcessEngine {

	/**
	 * Greater than any PID of Linux ({@code proc(5)}, pid_max), so that no real process
	 * has it.
	 */
	private static final long FIRST_PID = 10_000_001;

	private final ManualTime time;

	private final AtomicLong nextPid = new AtomicLong(FIRST_PID);

	private final List<ProcessStub> stubs = new CopyOnWriteArrayList<>();

	private final List<ProcessCall> calls = new CopyOnWriteArrayList<>();

	private final List<Stray> strays = new CopyOnWriteArrayList<>();

	private final List<FakeEngineProcess> living = new CopyOnWriteArrayList<>();

	/** Guards itself and the stubs created by it, which are matched last. */
	private final List<Consumer<FakeProcesses>> given = new ArrayList<>();

	private @Nullable List<ProcessStub> givenStubs;

	private volatile boolean straysAllowed;

	/** Number of the first process that belongs to the current test. */
	private volatile long firstOfTest = FIRST_PID;

	/** Guards the field below. */
	private final Object realLock = new Object();

	private @Nullable ProcessEngine real;

	private final ThreadPoolExecutor realThreads = new ThreadPoolExecutor(0, Integer.MAX_VALUE, 1, TimeUnit.SECONDS,
			new SynchronousQueue<>(), RealProcess.Worker::new);

	private FakeProcesses(Instant start) {
		this.time = new ManualTime(start);
	}

	/**
	 * Create fakes whose clock starts at 2000-01-01T00:00:00Z.
	 * @return the fakes, which need not be closed
	 */
	public static FakeProcesses create() {
		return startingAt(ManualTime.START);
	}

	/**
	 * Create fakes whose clock starts at another time.
	 * @param start initial time of the clock
	 * @return the fakes, which need not be closed
	 */
	public static FakeProcesses startingAt(Instant start) {
		return new FakeProcesses(start);
	}

	/**
	 * Create a manager with these fakes as its engine, for the code under test. To use
	 * other settings, call {@code ProcessManager.builder().engine(processes)}.
	 * @return a manager, which need not be closed
	 */
	public ProcessManager manager() {
		return ProcessManager.builder().engine(this).shutdownHook(false).build();
	}

	// --- stubs

	/**
	 * Add a stub for processes whose command line matches a pattern, such as
	 * {@code git pull *}. In the pattern, {@code *} matches any text, including line
	 * terminators, and {@code ?} a single character. The whole line must match; quotes
	 * are ignored. A shell command also matches by its script.
	 * @param pattern the pattern
	 * @return the behavior of such a process, which by default exits successfully without
	 * output
	 * @throws IllegalArgumentException if the pattern is empty
	 */
	public FakeProcess stub(String pattern) {
		CommandPattern compiled = new CommandPattern(pattern);
		return stub('"' + pattern + '"', (spec) -> compiled.matches(spec.command()), true);
	}

	/**
	 * Add a stub for processes with exactly the given arguments, which are not patterns.
	 * @param program the program
	 * @param first its first argument
	 * @param others its other arguments
	 * @return the behavior of such a process
	 */
	public FakeProcess stub(String program, String first, String... others) {
		List<String> arguments = arguments(program, first, others);
		return stub(arguments.toString(), (spec) -> spec.command().arguments().equals(arguments), true);
	}

	/**
	 * Add a stub for processes that match a predicate, for example by their directory.
	 * @param matches the predicate
	 * @return the behavior of such a process
	 */
	public FakeProcess stub(Predicate<ProcessSpec> matches) {
		return stub("a predicate", matches, false);
	}

	private FakeProcess stub(String description, Predicate<ProcessSpec> matches, boolean replaces) {
		ProcessStub stub = new ProcessStub(description, matches);
		synchronized (this.stubs) {
			List<String> present = this.stubs.stream().map(ProcessStub::toString).toList();
			int index = replaces ? present.indexOf(description) : -1;
			if (index >= 0) {
				this.stubs.set(index, stub);
			}
			else {
				this.stubs.add(stub);
			}
		}
		testedHere();
		return stub.first();
	}

	/** Make the current thread, which controls the fakes, the thread of the test. */
	private void testedHere() {
		String test = StackWalker.getInstance()
			.walk((frames) -> frames.map(StackWalker.StackFrame::getClassName)
				.filter((name) -> !name.equals(FakeProcesses.class.getName()))
				.findFirst()
				.orElseThrow());
		this.time.deterministicScheduler().testedBy(new TestThread(Thread.currentThread(), test), this::isAnyAlive);
	}

	private boolean isAnyAlive() {
		return this.living.stream().anyMatch((fake) -> fake.exitStatus().isEmpty());
	}

	static List<String> arguments(String program, String first, String... others) {
		List<String> arguments = new ArrayList<>(List.of(program, first));
		arguments.addAll(Arrays.asList(others));
		return arguments;
	}

	/**
	 * Start real processes if no stub matches. While such a process is running, waits
	 * take real time. A pipeline in which only some of the stages have stubs is rejected.
	 * @return this
	 */
	public FakeProcesses allowStrayProcesses() {
		this.straysAllowed = true;
		return this;
	}

	// --- time

	/**
	 * Return the clock of these fakes.
	 * @return the clock
	 */
	public ManualTime time() {
		return this.time;
	}

	/**
	 * Move the clock; see {@link ManualTime#advance(Duration)}.
	 * @param duration the time to move the clock by
	 */
	public void advance(Duration duration) {
		testedHere();
		this.time.advance(duration);
	}

	// --- executed commands

	/**
	 * Return the executed processes, including those that failed to start, but excluding
	 * rejected stray processes.
	 * @return a snapshot, in the order in which they were started
	 */
	public List<ProcessCall> calls() {
		this.time.deterministicScheduler().settleBeforeRead();
		return List.copyOf(this.calls);
	}

	/**
	 * Return the command lines of the processes that were rejected because there was no
	 * stub, or no further behavior in the stub.
	 * @return a snapshot, in the order in which they were rejected
	 */
	public List<String> strays() {
		this.time.deterministicScheduler().settleBeforeRead();
		return this.strays.stream().map(Stray::line).toList();
	}

	/** Return descriptions of the stubs that no process has matched. */
	List<String> unusedStubs() {
		return this.stubs.stream().filter((stub) -> !stub.isUsed()).map(ProcessStub::toString).toList();
	}

	/**
	 * Remove all stubs, calls and stray processes, and end all processes that have been
	 * started since the last reset. The clock keeps its time.
	 */
	public void reset() {
		this.stubs.clear();
		for (FakeEngineProcess fake : this.living) {
			if (fake.number() >= this.firstOfTest) {
				fake.end();
			}
		}
		try {
			// code that continues because of that, such as a pool, may need stubs
			this.time.deterministicScheduler().settleBeforeRead();
		}
		finally {
			this.time.deterministicScheduler().forgetFailures();
			this.straysAllowed = false;
			synchronized (this.given) {
				this.givenStubs = null;
			}
			forgetCalls();
			this.time.deterministicScheduler().endTest();
		}
	}

	/**
	 * Exclude earlier processes from the current test: remove their calls and stray
	 * processes, and let running processes survive {@link #reset()}.
	 */
	public void beginTest() {
		forgetCalls();
		this.time.deterministicScheduler().testedBy(new TestThread(Thread.currentThread(), ""), this::isAnyAlive);
	}

	private void forgetCalls() {
		this.calls.clear();
		this.strays.clear();
		this.firstOfTest = this.nextPid.get();
	}

	/**
	 * Add stubs that survive {@link #reset()}. They are matched last, so that a test can
	 * override them.
	 * @param customizer adds the stubs
	 * @return this
	 */
	public FakeProcesses stubAlways(Consumer<FakeProcesses> customizer) {
		synchronized (this.given) {
			this.given.add(customizer);
			this.givenStubs = null;
		}
		return this;
	}

	/**
	 * Create the stubs on first use, since beans that add them may need these fakes
	 * themselves.
	 */
	private List<ProcessStub> givenStubs() {
		synchronized (this.given) {
			List<ProcessStub> present = this.givenStubs;
			if (present == null) {
				FakeProcesses collector = new FakeProcesses(this.time.now());
				this.given.forEach((customizer) -> customizer.accept(collector));
				present = List.copyOf(collector.stubs);
				this.givenStubs = present;
			}
			return present;
		}
	}

	/**
	 * Verify that no process was rejected, since the code under test may have ignored the
	 * error. Also throw the error of a function of a stub if no call has thrown it. The
	 * extensions for JUnit and Spring call this method after each test.
	 * @throws StrayProcessError if a process was rejected
	 * @throws AssertionError if a function of a stub has failed
	 */
	public void verifyNoStrays() {
		this.time.deterministicScheduler().settleBeforeRead();
		if (!this.strays.isEmpty()) {
			this.time.deterministicScheduler().forgetFailures();
			throw new StrayProcessError("Processes were rejected, but the code under test continued:\n"
					+ String.join("\n", strays()).indent(2) + "Message of the first rejection:\n"
					+ this.strays.get(0).message().indent(2).stripTrailing());
		}
		this.time.deterministicScheduler().throwFailures();
	}

	// --- engine

	@Override
	public EngineProcess start(Launch launch) {
		FakeProcess life = life(launch.spec());
		if (life == null) {
			this.calls.add(new ProcessCall(launch.spec()));
			return new RealProcess(real().start(launch), this.time.deterministicScheduler(), this.realThreads);
		}
		checkStart(launch.spec(), life);
		return start(launch, life, launch.input(), null);
	}

	private void checkStart(ProcessSpec spec, FakeProcess life) {
		try {
			life.checkStart(spec);
		}
		catch (RuntimeException ex) {
			this.calls.add(new ProcessCall(spec));
			throw ex;
		}
	}

	private FakeEngineProcess start(Launch launch, FakeProcess life, Launch.@Nullable Input from,
			@Nullable OutputStream next) {
		ProcessCall call = new ProcessCall(launch.spec());
		this.calls.add(call);
		FakeOutput output = new FakeOutput((next != null) ? next : open(launch, launch.output()));
		FakeOutput error = launch.mergeError() ? output : new FakeOutput(open(launch, launch.error()));
		FakeEngineProcess fake = new FakeEngineProcess(this.nextPid.getAndIncrement(), call, life, this.time,
				from instanceof Launch.Input.Pipe, output, error);
		this.living.removeIf((old) -> old.exitStatus().isPresent());
		this.living.add(fake);
		if (from != null && !(from instanceof Launch.Input.Pipe)) {
			feed(launch, fake.fakeInput());
		}
		return fake;
	}

	private static @Nullable OutputStream open(Launch launch, Launch.Output output) {
		if (!(output instanceof Launch.Output.ToFile to)) {
			return null;
		}
		OutputFile file = to.file();
		try {
			return file.append()
					? Files.newOutputStream(file.path(), StandardOpenOption.CREATE, StandardOpenOption.APPEND)
					: Files.newOutputStream(file.path());
		}
		catch (IOException ex) {
			throw new ProcessStartException(launch.spec(), ProcessStartException.Reason.FILE_NOT_ACCESSIBLE,
					"the output file '" + file.path() + "' cannot be written (" + ex + ")", ex);
		}
	}

	private static void feed(Launch launch, FakeInput input) {
		try (input) {
			if (launch.input() instanceof Launch.Input.FromFile file) {
				try (InputStream content = Files.newInputStream(file.path())) {
					content.transferTo(input);
				}
			}
		}
		catch (IOException ex) {
			throw new ProcessStartException(launch.spec(), ProcessStartException.Reason.FILE_NOT_ACCESSIBLE,
					"its input cannot be read (" + ex + ")", ex);
		}
	}

	@Override
	public List<EngineProcess> startPipeline(List<Launch> launches) {
		List<ProcessSpec> strays = launches.stream().map(Launch::spec).filter((spec) -> find(spec) == null).toList();
		if (this.straysAllowed && !strays.isEmpty()) {
			if (strays.size() < launches.size()) {
				throw mixed(launches, strays);
			}
			return startRealPipeline(launches);
		}
		List<FakeProcess> lives = new ArrayList<>();
		for (Launch launch : launches) {
			FakeProcess life = Objects.requireNonNull(life(launch.spec()));
			checkStart(launch.spec(), life);
			lives.add(life);
		}
		List<FakeEngineProcess> started = new ArrayList<>();
		OutputStream next = null;
		// in reverse order, since each process needs the input of the next one
		for (int i = launches.size() - 1; i >= 0; i--) {
			// only the first process has an input of its own
			Launch.Input from = (i == 0) ? launches.get(i).input() : null;
			FakeEngineProcess fake = start(launches.get(i), lives.get(i), from, next);
			started.add(0, fake);
			next = fake.fakeInput();
		}
		sortCalls(started);
		return List.copyOf(started);
	}

	private List<EngineProcess> startRealPipeline(List<Launch> launches) {
		launches.forEach((launch) -> this.calls.add(new ProcessCall(launch.spec())));
		List<EngineProcess> started = new ArrayList<>();
		for (EngineProcess process : real().startPipeline(launches)) {
			started.add(new RealProcess(process, this.time.deterministicScheduler(), this.realThreads));
		}
		return started;
	}

	// in the order of the stages
	private void sortCalls(List<FakeEngineProcess> started) {
		List<ProcessCall> ofPipeline = started.stream().map(FakeEngineProcess::call).toList();
		this.calls.removeAll(ofPipeline);
		this.calls.addAll(ofPipeline);
	}

	private StrayProcessError mixed(List<Launch> launches, List<ProcessSpec> strays) {
		StringBuilder message = new StringBuilder(
				"The stages of a pipeline must be either all faked or all real, but of this pipeline\n")
			.append(launches.stream()
				.map((launch) -> CommandPattern.shown(launch.spec().command()))
				.collect(Collectors.joining(" | "))
				.indent(2))
			.append("only some stages have stubs. Add stubs for the others\n");
		strays.forEach((spec) -> message.append("  processes.stub(\"")
			.append(suggestion(spec.command()))
			.append("\").outputLines(\"...\");\n"));
		return refuse(strays.get(0), message.append("or remove the stubs that match the remaining stages.").toString());
	}

	/**
	 * Return the behavior of a process, or {@code null} if it is a stray process that may
	 * run.
	 */
	private @Nullable FakeProcess life(ProcessSpec spec) {
		ProcessStub stub = find(spec);
		if (stub == null) {
			if (this.straysAllowed) {
				return null;
			}
			throw refuse(spec,
					"No stub matches the process that was started:\n" + shown(spec)
							+ "Add one before the process is started, for example\n  processes.stub(\""
							+ suggestion(spec.command())
							+ "\").outputLines(\"...\");\nor allow processes without a stub to run for real:\n"
							+ "  processes.allowStrayProcesses();\n" + hint() + describeStubs(spec));
		}
		FakeProcess life = stub.next();
		if (life == null) {
			throw refuse(spec,
					"The stub " + stub + " defines " + stub.size() + " processes, but another one was started:\n"
							+ shown(spec) + "Define it with .then(), or all further processes with .otherwise()");
		}
		return life;
	}

	private @Nullable ProcessStub find(ProcessSpec spec) {
		for (List<ProcessStub> each : List.of(this.stubs, givenStubs())) {
			for (ProcessStub stub : each) {
				if (stub.matches(spec)) {
					return stub;
				}
			}
		}
		return null;
	}

	private static String shown(ProcessSpec spec) {
		return CommandPattern.shown(spec.command()).indent(2);
	}

	private static String suggestion(Command command) {
		return CommandPattern.shown(command).replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
	}

	private String hint() {
		synchronized (this.given) {
			return this.given.isEmpty() ? ""
					: "Add stubs for processes started before the test with stubAlways(), with Spring in a bean of type"
							+ " FakeProcessesCustomizer.\n";
		}
	}

	private String describeStubs(ProcessSpec spec) {
		List<String> all = new ArrayList<>();
		this.stubs.forEach((stub) -> all.add(stub.toString()));
		givenStubs().forEach((stub) -> all.add(stub.toString()));
		if (all.isEmpty()) {
			return "No stubs are defined.";
		}
		return "Stubs are defined for:\n"
				+ String.join("\n", Nearest.first(all, CommandPattern.shown(spec.command()))).indent(2).stripTrailing();
	}

	private StrayProcessError refuse(ProcessSpec spec, String message) {
		this.strays.add(new Stray(CommandPattern.shown(spec.command()), message));
		StrayProcessError error = new StrayProcessError(message);
		if (this.time.deterministicScheduler().isTask()) {
			// otherwise a pool or a supervisor would treat it as a failure of the
			// process
			this.time.deterministicScheduler().report(error);
		}
		return error;
	}

	private ProcessEngine real() {
		synchronized (this.realLock) {
			ProcessEngine engine = this.real;
			if (engine == null) {
				engine = new LocalProcessEngine(true, null);
				this.real = engine;
			}
			return engine;
		}
	}

	private @Nullable ProcessEngine realIfUsed() {
		synchronized (this.realLock) {
			return this.real;
		}
	}

	/**
	 * Reject stray processes before any of the processes is started.
	 */
	@Override
	public void check(List<Launch> launches) {
		for (Launch launch : launches) {
			ProcessSpec spec = launch.spec();
			if (find(spec) == null && !this.straysAllowed) {
				life(spec);
			}
		}
	}

	@Override
	public TimeSource timeSource() {
		return this.time;
	}

	@Override
	public boolean missesExits() {
		return this.straysAllowed;
	}

	@Override
	public void scan() {
		ProcessEngine engine = realIfUsed();
		if (engine != null) {
			engine.scan();
		}
	}

	@Override
	public void heartbeat() {
		ProcessEngine engine = realIfUsed();
		if (engine != null) {
			engine.heartbeat();
		}
	}

	@Override
	public ProcessTree leftovers() {
		ProcessEngine engine = realIfUsed();
		return (engine != null) ? engine.leftovers() : new Nobody();
	}

	@Override
	public List<String> limitations() {
		return List.of();
	}

	/**
	 * Called by each manager that is closed; the fakes can still be used afterwards.
	 */
	@Override
	public void close() {
		ProcessEngine engine;
		synchronized (this.realLock) {
			engine = this.real;
			this.real = null;
		}
		if (engine != null) {
			engine.close();
		}
	}

	@Override
	public String toString() {
		return "FakeProcesses[" + this.stubs.size() + " stubs, " + this.calls.size() + " calls, " + this.time + "]";
	}

	/**
	 * A process that was rejected.
	 *
	 * @param line its command line
	 * @param message the reason and the required stub
	 */
	private record Stray(String line, String message) {

	}

	private record Nobody() implements ProcessTree {

		@Override
		public List<Long> alive() {
			return List.of();
		}

		@Override
		public void signal(Signal signal) {
		}

	}

}
