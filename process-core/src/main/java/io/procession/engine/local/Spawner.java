package io.procession.engine.local;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import io.procession.engine.Launch;
import io.procession.isolation.ControlGroup;
import io.procession.isolation.IsolationException;
import io.procession.isolation.IsolationPlan;
import io.procession.isolation.Tool;
import io.procession.process.Environment;
import io.procession.process.OutputFile;
import io.procession.process.ProcessStartException;
import io.procession.process.ProcessStartException.Reason;
import io.procession.process.Terminal;
import io.procession.security.Executables;

/**
 * Starter of a single process. Uses zt-exec if all streams are pipes, pty4j for a
 * pseudoterminal, and the JDK for everything else. <i>Confined to the thread that starts
 * the process.</i>
 */
final class Spawner {

	static final boolean WINDOWS = File.separatorChar == '\\';

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

	Spawner(Launch launch, Marker marker, Isolator isolator) {
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
		boolean told = !thoroughly && planned == null && this.chain.isEmpty() && !isFile(this.launch.output())
				&& !isFile(this.launch.error());
		if (told && this.check.isFoundByJdk()) {
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
		if (!told) {
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

	Process spawn() {
		makeGroup();
		if (this.launch.terminal() != null) {
			return spawnOnTerminal(this.launch.terminal());
		}
		try {
			return startUnlessBusy(needsRedirects() ? builder(true, true)::start : this::spawnByZtExec,
					StartDiagnosis::isBusy);
		}
		catch (IOException | RuntimeException ex) {
			removeGroup();
			throw diagnosis().explain(ex);
		}
	}

	private Process spawnOnTerminal(Terminal.Pseudo size) {
		List<String> command = command();
		File executable = this.check.executable();
		if (executable == null) {
			throw this.check.failure(Reason.NO_TERMINAL, "pty(...) is not supported on this operating system");
		}
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
		Map<String, String> environment = builder(true, true).environment();
		environment.putIfAbsent("TERM", "xterm");
		try {
			return startOnTerminal(program, arguments, EnvironmentBlock.of(environment), size);
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

	private Process startOnTerminal(String program, List<String> arguments, List<byte[]> environment,
			Terminal.Pseudo size) throws IOException {
		try {
			return startUnlessBusy(
					() -> TerminalProcess.start(program, arguments, environment, this.launch.directory(), size),
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
	static List<Process> spawnPipeline(List<Spawner> spawners) {
		List<ProcessBuilder> builders = new ArrayList<>();
		int last = spawners.size() - 1;
		makeGroups(spawners);
		for (int i = 0; i <= last; i++) {
			builders.add(spawners.get(i).builder(i == 0, i == last));
		}
		try {
			return ProcessReaper.start(() -> ProcessBuilder.startPipeline(builders));
		}
		catch (IOException | RuntimeException ex) {
			spawners.forEach(Spawner::removeGroup);
			throw culprit(spawners, ex).diagnosis().explain(ex);
		}
	}

	private static void makeGroups(List<Spawner> spawners) {
		try {
			spawners.forEach(Spawner::makeGroup);
		}
		catch (ProcessStartException ex) {
			spawners.forEach(Spawner::removeGroup);
			throw ex;
		}
	}

	// the JDK names the program: choose the first stage with that program
	private static Spawner culprit(List<Spawner> spawners, Exception ex) {
		String message = StartDiagnosis.message(ex) + ex.getMessage();
		return spawners.stream()
			.filter((spawner) -> message.contains("\"" + spawner.command().get(0) + "\""))
			.findFirst()
			.orElse(spawners.get(0));
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

	private boolean needsRedirects() {
		// zt-exec cannot clear an environment
		boolean piped = this.launch.inheritEnvironment() && this.launch.input() instanceof Launch.Input.Pipe
				&& this.launch.output() instanceof Launch.Output.Pipe
				&& (this.launch.mergeError() || this.launch.error() instanceof Launch.Output.Pipe);
		return !piped;
	}

	private Process spawnByZtExec() throws IOException {
		PipedExecutor executor = new PipedExecutor(command(), this.launch.mergeError());
		if (this.launch.directory() != null) {
			executor.directory(this.launch.directory().toFile());
		}
		changeEnvironment(executor::environment, (name) -> executor.environment(name, null));
		return executor.spawn();
	}

	private ProcessBuilder builder(boolean first, boolean last) {
		ProcessBuilder builder = new ProcessBuilder(command());
		if (this.launch.directory() != null) {
			builder.directory(this.launch.directory().toFile());
		}
		Map<String, String> environment = builder.environment();
		if (!this.launch.inheritEnvironment()) {
			environment.clear();
		}
		changeEnvironment(environment::put, environment::remove);
		if (first) {
			builder.redirectInput(input(this.launch.input()));
		}
		if (last) {
			builder.redirectOutput(output(this.launch.output()));
		}
		builder.redirectErrorStream(this.launch.mergeError());
		if (!this.launch.mergeError()) {
			builder.redirectError(output(this.launch.error()));
		}
		return builder;
	}

	private ProcessBuilder.Redirect input(Launch.Input input) {
		if (input instanceof Launch.Input.FromFile file && !this.chain.opensFiles()) {
			return ProcessBuilder.Redirect.from(file.path().toFile());
		}
		if (input instanceof Launch.Input.Inherited) {
			return ProcessBuilder.Redirect.INHERIT;
		}
		return (input instanceof Launch.Input.Pipe) ? ProcessBuilder.Redirect.PIPE
				: ProcessBuilder.Redirect.from(new File(WINDOWS ? "NUL" : "/dev/null"));
	}

	private ProcessBuilder.Redirect output(Launch.Output output) {
		if (output instanceof Launch.Output.ToFile target && !this.chain.opensFiles()) {
			OutputFile file = target.file();
			return file.append() ? ProcessBuilder.Redirect.appendTo(file.path().toFile())
					: ProcessBuilder.Redirect.to(file.path().toFile());
		}
		return (output instanceof Launch.Output.Pipe) ? ProcessBuilder.Redirect.PIPE : ProcessBuilder.Redirect.DISCARD;
	}

	private void changeEnvironment(BiConsumer<String, String> set, Consumer<String> remove) {
		this.launch.unsetEnvironment().forEach(remove);
		this.launch.environment().forEach((name, value) -> {
			if (this.chain.late().containsKey(name)) {
				remove.accept(name);
			}
			else {
				set.accept(name, value);
			}
		});
		if (this.plan != null) {
			followUser(this.plan, set, remove);
		}
		if (!this.launch.detached()) {
			set.accept(this.marker.name(), this.marker.value(this.launch.executionId()));
		}
	}

	private void followUser(IsolationPlan followed, BiConsumer<String, String> set, Consumer<String> remove) {
		Environment said = this.launch.spec().environment();
		followed.environment().forEach((name, value) -> {
			boolean own = said.variables().containsKey(name) || said.secrets().containsKey(name)
					|| said.unset().contains(name);
			if (!own) {
				value.ifPresentOrElse((present) -> set.accept(name, present), () -> remove.accept(name));
			}
		});
	}

	private StartDiagnosis diagnosis() {
		return new StartDiagnosis(this.check, this.chain, this.launch.spec().command().program());
	}

	/**
	 * Start a process, and retry after a pause if its program is open for writing: the
	 * process that has just written it may have passed the descriptor to a child, which
	 * closes it shortly.
	 */
	private static Process startUnlessBusy(ProcessReaper.Starter<Process> starter, Predicate<IOException> busy)
			throws IOException {
		for (long pause : BUSY_PAUSES) {
			try {
				return ProcessReaper.start(starter);
			}
			catch (IOException ex) {
				if (!busy.test(ex)) {
					throw ex;
				}
				pause(pause, ex);
			}
		}
		return ProcessReaper.start(starter);
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
