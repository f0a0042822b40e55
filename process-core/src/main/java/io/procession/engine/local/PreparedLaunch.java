package io.procession.engine.local;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import io.procession.engine.Launch;
import io.procession.isolation.ControlGroup;
import io.procession.isolation.IsolationException;
import io.procession.isolation.IsolationPlan;
import io.procession.isolation.Tool;
import io.procession.process.ProcessStartException;
import io.procession.process.ProcessStartException.Reason;
import io.procession.security.Executables;

/**
 * Launch that is checked and resolved for a {@link Spawner}: its program is looked up,
 * its isolation is planned, and its control group is created. <i>Confined to the thread
 * that starts the process.</i>
 */
final class PreparedLaunch {

	private static final String SHELL = "/bin/sh";

	/**
	 * Pauses between attempts to execute a program that is open for writing, in
	 * milliseconds.
	 */
	private static final long[] BUSY_PAUSES = { 10, 20, 40, 80, 160 };

	private final Launch launch;

	private final Marker marker;

	private final LaunchCheck check;

	private final Isolator isolator;

	private @Nullable IsolationPlan plan;

	private @Nullable ControlGroup group;

	private ExecChain chain = ExecChain.NONE;

	PreparedLaunch(Launch launch, Marker marker, Isolator isolator) {
		this.launch = launch;
		this.marker = marker;
		this.isolator = isolator;
		this.check = new LaunchCheck(launch);
	}

	/**
	 * Check the launch before the start. If the JDK alone starts the process, and would
	 * report a failure immediately, the program is looked up only after a failure, since
	 * most programs exist.
	 * @param thoroughly whether a failure would not be reported by the start itself, as
	 * in a pipeline or on a terminal
	 * @throws ProcessStartException if a check fails, naming the cause
	 */
	void check(boolean thoroughly) {
		IsolationPlan planned = this.isolator.plan(this.launch);
		this.plan = planned;
		makeChain();
		// a tool of the chain would report a failure too late to be understood, and the
		// JDK creates or truncates files first
		boolean isDirect = !thoroughly && planned == null && this.chain.isEmpty() && !isFile(this.launch.output())
				&& !isFile(this.launch.error());
		if (isDirect && this.check.isFoundByJdk()) {
			this.check.checkData();
			return;
		}
		if (planned == null) {
			this.check.check();
		}
		else {
			this.check.check((file) -> this.isolator.blocker(planned, file), planned.account());
			this.check.checkVariables(planned);
			if (this.chain.opensFiles()) {
				this.check.checkFiles(planned.account(), (file, use) -> this.isolator.mayOpen(planned, file, use));
			}
		}
		checkChain();
		if (!isDirect) {
			this.check.checkAsStage(command());
		}
		if (planned != null) {
			this.isolator.verify(this.launch, planned);
		}
	}

	private static boolean isFile(Launch.Output output) {
		return output instanceof Launch.Output.ToFile;
	}

	private void makeChain() {
		if (!this.launch.spec().ignoredSignals().isEmpty() && !this.isolator.signals().canBeSet()) {
			throw this.check.failure(Reason.ISOLATION,
					"ignoreSignals(...) needs env(1) of coreutils 8.31 or later, which is not installed");
		}
		try {
			this.chain = ExecChain.of(this.launch, this.plan, this.group, this.isolator.signals());
		}
		catch (IsolationException ex) {
			throw Isolator.failure(this.launch, ex);
		}
	}

	private void checkChain() {
		File executable = this.check.executable();
		if (!this.chain.endsWithEnv()) {
			return;
		}
		this.check.checkNoVariable(this.chain.late().keySet());
		if (executable != null && executable.toString().indexOf('=') >= 0) {
			try {
				// env(1) would take such a path for a variable
				this.chain = this.chain.with(IsolationPlan.require(Tool.NICE).toString(), "-n", "0");
			}
			catch (IsolationException ex) {
				throw Isolator.failure(this.launch, ex);
			}
		}
	}

	/** Create the control group of a process tree if limits are configured for it. */
	private void makeGroup() {
		if (this.plan == null || this.plan.isolation().treeLimits().isEmpty()) {
			return;
		}
		try {
			this.group = this.isolator.support()
				.createGroup(this.marker.groupName(this.launch.executionId()), this.plan.isolation().treeLimits());
		}
		catch (IsolationException ex) {
			throw Isolator.failure(this.launch, ex);
		}
		makeChain();
		checkChain();
	}

	/** Return the isolation to be kept while the process is alive. */
	AppliedIsolation isolation() {
		return new AppliedIsolation(this.chain, this.launch.arguments().get(0), this.launch.directory(),
				this.check.executable(), this.group);
	}

	private void removeGroup() {
		if (this.group != null) {
			this.group.remove();
		}
	}

	/**
	 * Start the process.
	 * @throws ProcessStartException if it cannot be started
	 */
	SpawnedProcess start(Spawner spawner) {
		makeGroup();
		if (this.launch.terminal() != null) {
			return startOnTerminal(spawner);
		}
		try {
			ExecRequest request = request();
			return startUnlessBusy(() -> spawner.spawn(request), StartDiagnosis::isBusy);
		}
		catch (IOException | RuntimeException ex) {
			removeGroup();
			throw diagnosis().explain(ex);
		}
	}

	private SpawnedProcess startOnTerminal(Spawner spawner) {
		File executable = this.check.executable();
		if (executable == null) {
			throw this.check.failure(Reason.NO_TERMINAL, "pty(...) is not supported on this operating system");
		}
		try {
			return startUnlessBusy(spawner, requestOnTerminal(executable));
		}
		catch (NoClassDefFoundError ex) {
			removeGroup();
			throw this.check.failure(Reason.NO_TERMINAL, "pty(...) needs pty4j, which is not on the class path ("
					+ ex.getMessage() + "): add the dependency org.jetbrains.pty4j:pty4j:0.13.12");
		}
		catch (ProcessStartException ex) {
			removeGroup();
			throw ex;
		}
		catch (IOException | RuntimeException | LinkageError ex) {
			removeGroup();
			throw this.check.failure(Reason.NO_TERMINAL, "pty(...) does not work on this system (" + ex.getMessage()
					+ "): pty4j must be able to unpack and load its native library from java.io.tmpdir");
		}
	}

	private SpawnedProcess startUnlessBusy(Spawner spawner, ExecRequest request) throws IOException {
		try {
			return startUnlessBusy(() -> spawner.spawn(request),
					(ex) -> ex instanceof TerminalProcess.NotExecutedException failed && diagnosis().isBusy(failed));
		}
		catch (TerminalProcess.NotExecutedException ex) {
			throw diagnosis().explain(ex);
		}
	}

	/**
	 * Start a pipeline of processes that have been checked.
	 * @throws ProcessStartException if one of them cannot be started, which the exception
	 * identifies; the processes started until then are killed, but not their descendants
	 */
	static List<SpawnedProcess> startPipeline(List<PreparedLaunch> launches, Spawner spawner) {
		makeGroups(launches);
		List<ExecRequest> requests = launches.stream().map(PreparedLaunch::request).toList();
		try {
			return spawner.spawnPipeline(requests);
		}
		catch (IOException | RuntimeException ex) {
			launches.forEach(PreparedLaunch::removeGroup);
			throw culprit(launches, ex).diagnosis().explain(ex);
		}
	}

	private static void makeGroups(List<PreparedLaunch> launches) {
		try {
			launches.forEach(PreparedLaunch::makeGroup);
		}
		catch (ProcessStartException ex) {
			launches.forEach(PreparedLaunch::removeGroup);
			throw ex;
		}
	}

	// the JDK names the program: choose the first stage with that program
	private static PreparedLaunch culprit(List<PreparedLaunch> launches, Exception ex) {
		String message = StartDiagnosis.message(ex) + ex.getMessage();
		return launches.stream()
			.filter((launch) -> message.contains("\"" + launch.command().get(0) + "\""))
			.findFirst()
			.orElse(launches.get(0));
	}

	private ExecRequest request() {
		List<String> command = command();
		return request(command.get(0), command);
	}

	private ExecRequest requestOnTerminal(File executable) {
		List<String> command = command();
		String program = this.chain.isEmpty() ? executable.toString()
				: Executables.find(command.get(0), null, null).map(Path::toString).orElse(command.get(0));
		// the file is passed separately: the program may depend on the name in its first
		// argument
		boolean asWritten = this.chain.isEmpty() && this.launch.executable() == null;
		List<String> arguments = asWritten ? this.launch.arguments() : command;
		if (this.chain.isEmpty() && Interpreter.isLeftOut(executable)) {
			arguments = new ArrayList<>(arguments);
			arguments.set(0, program);
			arguments.add(0, SHELL);
			program = SHELL;
		}
		return request(program, arguments);
	}

	private ExecRequest request(String file, List<String> arguments) {
		return new ExecRequest(file, arguments, this.launch.directory(), environment(),
				isOpenedByChain(this.launch.input()) ? Launch.Input.none() : this.launch.input(),
				isOpenedByChain(this.launch.output()) ? Launch.Output.discard() : this.launch.output(),
				isOpenedByChain(this.launch.error()) ? Launch.Output.discard() : this.launch.error(),
				this.launch.mergeError(), this.launch.terminal());
	}

	private boolean isOpenedByChain(Launch.Input input) {
		return this.chain.opensFiles() && input instanceof Launch.Input.FromFile;
	}

	private boolean isOpenedByChain(Launch.Output output) {
		return this.chain.opensFiles() && isFile(output);
	}

	private ChildEnvironment environment() {
		return new ChildEnvironment(this.launch.environment(), this.chain.late(),
				(this.plan != null) ? this.plan.environment() : Map.of(), this.launch.detached() ? Map.of()
						: Map.of(this.marker.name(), this.marker.value(this.launch.executionId())));
	}

	private List<String> command() {
		File executable = this.check.executable();
		boolean asWritten = !this.check.hasOwnPath() && this.chain.isEmpty() && this.launch.executable() == null;
		if (executable == null || asWritten) {
			return this.launch.arguments();
		}
		List<String> command = new ArrayList<>(this.chain.tools());
		command.addAll(this.launch.arguments());
		// the JDK would search the JVM's PATH, a tool of the chain that of the child
		String path = executable.toString();
		boolean option = !this.chain.isEmpty() && path.startsWith("-");
		command.set(this.chain.tools().size(), option ? "./" + path : path);
		return command;
	}

	private StartDiagnosis diagnosis() {
		return new StartDiagnosis(this.check, this.chain, this.launch.spec().command().program());
	}

	/**
	 * Start a process, and retry after a pause if its program is open for writing: the
	 * process that has just written it may have passed the descriptor to a child, which
	 * closes it shortly.
	 */
	private static SpawnedProcess startUnlessBusy(ProcessReaper.Starter<SpawnedProcess> starter,
			Predicate<IOException> busy) throws IOException {
		for (long pause : BUSY_PAUSES) {
			try {
				return starter.start();
			}
			catch (IOException ex) {
				if (!busy.test(ex)) {
					throw ex;
				}
				pause(pause, ex);
			}
		}
		return starter.start();
	}

	private static void pause(long millis, IOException failure) throws IOException {
		try {
			Thread.sleep(millis);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw failure;
		}
	}

}
