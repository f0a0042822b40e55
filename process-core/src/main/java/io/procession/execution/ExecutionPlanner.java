package io.procession.execution;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import io.procession.engine.EnvironmentPlan;
import io.procession.engine.Launch;
import io.procession.event.ProcessListener;
import io.procession.execution.output.BoundedPipe;
import io.procession.execution.output.OutputRecorder;
import io.procession.process.Environment;
import io.procession.process.Origin;
import io.procession.process.OutputFile;
import io.procession.process.OutputOptions;
import io.procession.process.ProcessDeniedException;
import io.procession.process.ProcessInput;
import io.procession.process.ProcessSpec;
import io.procession.process.ProcessStartException;
import io.procession.process.SecretResolver;
import io.procession.process.Signal;
import io.procession.process.Terminal;
import io.procession.process.TimeLimit;

/**
 * Resolves the process definition, the manager's defaults and the secrets into a
 * {@link Launch}, which the engine starts, and a {@link ExecutionPlan}, which the
 * execution uses. <i>Confined to the thread that starts the process.</i>
 */
final class ExecutionPlanner {

	private static final Path TTY = Path.of("/dev/tty");

	private static final String OWN_TIMEOUT = "raise it with timeout(...)";

	private static final String OWN_OUTPUT_LIMIT = "raise it with outputLimit(...)";

	private static final String OWN_IDLE_TIMEOUT = "raise it with idleTimeout(...)";

	private static final String DEFAULT_IDLE_TIMEOUT = OWN_IDLE_TIMEOUT + " or procession.defaults.idle-timeout";

	private final ProcessSettings settings;

	private final PendingProcess pending;

	/** The process definition, redacted once its secrets are known. */
	private ProcessSpec spec;

	private final ExecutionTimeout.Keeper keeper;

	private final DefaultInput defaultInput;

	private final Place place;

	private final DefaultTimeout defaultTimeout;

	private final @Nullable SharedDeadline sharedDeadline;

	private final List<String> secrets = new ArrayList<>();

	private final Map<String, String> secretVariables = new LinkedHashMap<>();

	/** Arguments with unredacted secrets; {@code null} until they have been read. */
	private @Nullable List<String> arguments;

	/** Known once the secrets have been read. */
	private @Nullable ExecutionRedaction redaction;

	/** The ID of the execution, once it has been assigned. */
	private @Nullable String id;

	/** Whether observers were called before the start. */
	private boolean observed;

	private boolean endClaimed;

	private final List<OutputStream> files = new ArrayList<>();

	private ExecutionPlanner(ProcessSettings settings, PendingProcess pending, ExecutionTimeout.Keeper keeper,
			DefaultInput defaultInput, Place place, DefaultTimeout defaultTimeout,
			@Nullable SharedDeadline sharedDeadline) {
		this.settings = settings;
		this.pending = pending;
		this.spec = pending.toSpec();
		this.keeper = keeper;
		this.defaultInput = defaultInput;
		this.place = place;
		this.defaultTimeout = defaultTimeout;
		this.sharedDeadline = sharedDeadline;
	}

	/** Create a planner for {@code run()}, whose caller enforces the timeout. */
	static ExecutionPlanner ofRun(ProcessSettings settings, PendingProcess pending) {
		return new ExecutionPlanner(settings, pending, ExecutionTimeout.Keeper.CALLER, DefaultInput.EMPTY, Place.ALONE,
				DefaultTimeout.RUN, null);
	}

	/** Create a planner for {@code runAsync()}. */
	static ExecutionPlanner ofRunAsync(ProcessSettings settings, PendingProcess pending) {
		return ofMember(settings, pending, null);
	}

	/** Create a planner for {@code start()}. */
	static ExecutionPlanner ofStart(ProcessSettings settings, PendingProcess pending) {
		return new ExecutionPlanner(settings, pending, ExecutionTimeout.Keeper.TIMER, DefaultInput.OPEN, Place.ALONE,
				DefaultTimeout.START, null);
	}

	/**
	 * Create a planner for {@code start()} with output that the caller reads.
	 * @param reader the stream that the caller reads
	 */
	static ExecutionPlanner ofPull(ProcessSettings settings, PendingProcess pending, BoundedPipe reader) {
		return new ExecutionPlanner(settings, pending, ExecutionTimeout.Keeper.TIMER, DefaultInput.OPEN,
				new Place(true, true, reader, true), DefaultTimeout.START, null);
	}

	/**
	 * Create a planner for a stage of a pipeline.
	 * @param defaultInput the standard input, if the stage is the first
	 * @param place the position of the stage
	 * @param sharedDeadline the timeout of the pipeline, or {@code null} for none
	 */
	static ExecutionPlanner ofStage(ProcessSettings settings, PendingProcess pending, DefaultInput defaultInput,
			Place place, @Nullable SharedDeadline sharedDeadline) {
		return new ExecutionPlanner(settings, pending, ExecutionTimeout.Keeper.TIMER, defaultInput, place,
				DefaultTimeout.NONE, sharedDeadline);
	}

	/**
	 * Create a planner for a process of a pool.
	 * @param sharedDeadline the timeout of the pool, or {@code null} for none
	 */
	static ExecutionPlanner ofMember(ProcessSettings settings, PendingProcess pending,
			@Nullable SharedDeadline sharedDeadline) {
		return new ExecutionPlanner(settings, pending, ExecutionTimeout.Keeper.TIMER, DefaultInput.EMPTY, Place.ALONE,
				DefaultTimeout.RUN, sharedDeadline);
	}

	/**
	 * Return the launch for the engine. Calls the observers, and then the listeners that
	 * can veto the start.
	 * @throws ProcessStartException if a secret cannot be read
	 */
	Launch launch(String id, ExecutionContext context) {
		this.id = id;
		LaunchAuthorizer authorizer = context.authorizer();
		checkPull();
		readSecrets(authorizer);
		checkDetached();
		checkTerminal();
		redact(authorizer);
		observe(id, context.observers());
		EnvironmentPlan environment = environment(authorizer);
		List<String> arguments = Objects.requireNonNull(this.arguments);
		Path executable = authorizer.admit(id, this.spec, origin(), arguments, environment.assigned().get("PATH"),
				environment.get("PATH"), this.pending.processListeners());
		OutputOptions output = this.spec.output();
		Terminal terminal = this.spec.terminal();
		Launch launch = new Launch(id, this.spec, executable, arguments, this.spec.directory(), environment, input(),
				output(output.outputTo()), output(output.errorTo()), output.mergeError() || terminal != null,
				this.spec.detached(), (terminal instanceof Terminal.Pseudo pseudo) ? pseudo : null,
				this.spec.isolation().over(this.settings.isolation()));
		checkFilesOfAnotherUser(launch);
		return launch;
	}

	// the variables of observers become part of the process definition, so that they are
	// checked, searched and redacted as all others
	private void observe(String id, ExecutionObservers observers) {
		if (observers.isEmpty()) {
			return;
		}
		this.observed = true;
		Map<String, String> variables = observers.starting(id, this.spec, origin());
		if (!variables.isEmpty()) {
			ExecutionRedaction extended = Objects.requireNonNull(this.redaction).with(variables);
			this.redaction = extended;
			this.spec = extended.spec();
		}
	}

	/** Return the ID of the execution, or {@code null} if none has been assigned. */
	@Nullable String id() {
		return this.id;
	}

	/** Return whether observers were called before the start. */
	boolean isObserved() {
		return this.observed;
	}

	/**
	 * Claim to report the end of the execution to the observers, which is done by either
	 * the failed start or the execution.
	 * @return whether it had not been claimed
	 */
	boolean claimEnd() {
		boolean claimed = !this.endClaimed;
		this.endClaimed = true;
		return claimed;
	}

	private EnvironmentPlan environment(LaunchAuthorizer authorizer) {
		Environment changes = this.spec.environment();
		Map<String, String> variables = changes.variables();
		if (!this.secretVariables.isEmpty()) {
			variables = new LinkedHashMap<>(variables);
			variables.putAll(this.secretVariables);
		}
		boolean inherits = !Boolean.FALSE.equals(changes.inherit());
		return new EnvironmentPlan(inherits ? authorizer.inherited() : Map.of(), variables, changes.unset());
	}

	/**
	 * Find the file that would be executed.
	 * @throws ProcessStartException if a secret cannot be read
	 * @throws ProcessDeniedException if the policy does not allow it
	 */
	Optional<Path> executable(LaunchAuthorizer authorizer) {
		readSecrets(authorizer);
		EnvironmentPlan environment = environment(authorizer);
		redact(authorizer);
		return authorizer.find(this.spec, Objects.requireNonNull(this.arguments), environment.assigned().get("PATH"),
				environment.get("PATH"));
	}

	// the JVM would open them with its own permissions: a symbolic link that the user has
	// put in their place could lead to any file
	private void checkFilesOfAnotherUser(Launch launch) {
		if (launch.isolation().runAs() == null) {
			return;
		}
		OutputOptions output = this.spec.output();
		boolean opened = (launch.output() instanceof Launch.Output.Pipe && output.outputTo() != null)
				|| (!launch.mergeError() && launch.error() instanceof Launch.Output.Pipe && output.errorTo() != null);
		if (opened) {
			throw new ProcessStartException(this.spec, ProcessStartException.Reason.ISOLATION,
					"with runAs(...), the process itself writes the files of outputTo(...) and errorOutputTo(...):"
							+ " they cannot be combined with listeners, Java stages, idle timeouts or output limits,"
							+ " including default ones; write the file in a listener instead, or remove them",
					null);
		}
	}

	/**
	 * Read the secrets, unless this is left to {@link #launch}. The secrets of related
	 * processes must all be known before anything is shown of one of them.
	 * @throws ProcessStartException if a secret cannot be read
	 */
	void readSecrets(LaunchAuthorizer authorizer) {
		if (this.arguments != null) {
			return;
		}
		SecretResolver resolver = authorizer.secretResolver();
		try {
			List<String> resolved = this.spec.command().resolve(resolver);
			for (Integer position : this.spec.command().secretPositions()) {
				this.secrets.add(resolved.get(position));
			}
			this.spec.environment()
				.secrets()
				.forEach((name, secret) -> this.secretVariables.put(name, secret.resolve(resolver)));
			this.secrets.addAll(this.secretVariables.values());
			this.arguments = resolved;
		}
		catch (IllegalArgumentException ex) {
			throw new ProcessStartException(this.spec, ProcessStartException.Reason.NO_SUCH_SECRET,
					Objects.toString(ex.getMessage()), ex);
		}
		SharedSecrets shared = this.pending.sharedSecrets();
		if (shared != null) {
			shared.add(this.secrets);
		}
	}

	private void redact(LaunchAuthorizer authorizer) {
		ExecutionRedaction known = ExecutionRedaction.of(this.spec, authorizer.redactor(), this.pending.sharedSecrets(),
				this.secrets, Objects.requireNonNull(this.arguments));
		this.redaction = known;
		this.spec = known.spec();
	}

	/** Return the process definition, with the secrets redacted that are known now. */
	ProcessSpec spec() {
		return this.spec;
	}

	/** Return what the process is started for. */
	Origin origin() {
		return this.pending.origin();
	}

	/** Return the listeners for the events of this process only. */
	List<ProcessListener> listeners() {
		return this.pending.processListeners();
	}

	private void checkPull() {
		if (this.spec.output().pull() && !this.place.pulled()) {
			throw new IllegalStateException("The output of '" + this.spec.displayName()
					+ "' would not be read: use pullOutput() with start(), and read the stream of the returned handle");
		}
	}

	private void checkTerminal() {
		Terminal terminal = this.spec.terminal();
		if (terminal == null) {
			return;
		}
		if (terminal instanceof Terminal.Inherited) {
			if (hasListeners() || this.pending.inputStream() != null) {
				throw new IllegalStateException("With tty() '" + this.spec.displayName()
						+ "' reads and writes the terminal directly and cannot have listeners or input: use pty(...)");
			}
			checkInherited();
		}
	}

	/** Return whether the JVM has a terminal. */
	static boolean hasTerminal() {
		try (FileInputStream tty = new FileInputStream(TTY.toFile())) {
			return tty.getFD().valid();
		}
		catch (IOException ex) {
			return false;
		}
	}

	private void checkInherited() {
		if (!hasTerminal()) {
			throw new ProcessStartException(this.spec, ProcessStartException.Reason.NO_TERMINAL,
					"tty() requires the JVM to be started from a terminal, but it has none (" + TTY
							+ "): start the JVM in a terminal, or use pty(columns, rows)",
					null);
		}
	}

	private void checkDetached() {
		if (this.spec.detached() && (hasListeners() || this.pending.inputStream() != null || this.spec.output().pull()
				|| this.spec.input() instanceof ProcessInput.Bytes
				|| this.spec.input() instanceof ProcessInput.Inherited)) {
			throw new IllegalStateException("A detached process outlives the JVM: '" + this.spec.displayName()
					+ "' cannot have listeners, readers or input from the JVM; use outputTo(file) and input(file)");
		}
	}

	private boolean hasListeners() {
		return !this.pending.outputListeners().isEmpty() || !this.pending.lineListeners().isEmpty();
	}

	private Launch.Input input() {
		if (this.spec.terminal() != null) {
			return isInherited() ? new Launch.Input.FromFile(TTY) : Launch.Input.pipe();
		}
		if (this.pending.inputStream() != null || this.spec.input() instanceof ProcessInput.Bytes) {
			return Launch.Input.pipe();
		}
		if (this.spec.input() instanceof ProcessInput.File file) {
			return new Launch.Input.FromFile(file.path());
		}
		if (this.spec.input() instanceof ProcessInput.Inherited) {
			return Launch.Input.inherited();
		}
		boolean none = this.spec.detached() || this.spec.input() instanceof ProcessInput.None;
		return none ? Launch.Input.none() : Launch.Input.pipe();
	}

	private boolean isInherited() {
		return this.spec.terminal() instanceof Terminal.Inherited;
	}

	private Launch.Output output(@Nullable OutputFile file) {
		if (this.spec.terminal() != null) {
			return isInherited() ? new Launch.Output.ToFile(new OutputFile(TTY, true)) : Launch.Output.pipe();
		}
		if (!this.spec.detached() && isInspected()) {
			return Launch.Output.pipe();
		}
		if (file != null) {
			return new Launch.Output.ToFile(file);
		}
		boolean discard = this.spec.detached() || !this.spec.output().capture();
		return discard ? Launch.Output.discard() : Launch.Output.pipe();
	}

	/** Return whether the bytes have to pass through the JVM, captured or not. */
	private boolean isInspected() {
		return hasListeners() || idleTimeout() != null || this.spec.output().limit() != null
				|| (this.place.feed() != null);
	}

	/**
	 * Return the plan of the execution, which holds the given number of permits. Opens
	 * the files to which output is written through the JVM.
	 * @throws ProcessStartException if a file cannot be opened
	 */
	ExecutionPlan plan(Launch launch, int permits) {
		OutputOptions output = this.spec.output();
		boolean errorPiped = !launch.mergeError() && launch.error() instanceof Launch.Output.Pipe;
		Duration grace = this.spec.stopGrace();
		return new ExecutionPlan(launch.executionId(), this.spec, origin(), listeners(), permits, timeout(),
				idleTimeout(), Objects.requireNonNullElse(this.spec.stopSignal(), Signal.TERM),
				Objects.requireNonNullElse(grace, this.settings.stopGrace()),
				Objects.requireNonNullElse(grace, this.settings.timeoutGrace()),
				Objects.requireNonNullElse(this.spec.drain(), this.settings.drain()), outputLimit(launch),
				stream(launch.output() instanceof Launch.Output.Pipe && this.place.writesJvm(), output.outputTo(),
						this.place.feed() == null),
				stream(errorPiped, output.errorTo(), true), executionInput(launch),
				Objects.requireNonNull(this.redaction));
	}

	private ExecutionInput executionInput(Launch launch) {
		if (this.spec.input() instanceof ProcessInput.Bytes bytes) {
			return new ExecutionInput.Bytes(bytes);
		}
		if (this.pending.inputStream() != null) {
			return new ExecutionInput.Copied(this.pending.inputStream());
		}
		boolean open = this.defaultInput == DefaultInput.OPEN && launch.input() instanceof Launch.Input.Pipe
				&& this.spec.input() == null && this.place.readsJvm();
		return open ? new ExecutionInput.Open() : new ExecutionInput.Closed();
	}

	// the default protects the heap: it applies to output that is captured completely
	private ExecutionPlan.@Nullable Bound<Long> outputLimit(Launch launch) {
		OutputOptions output = this.spec.output();
		boolean piped = launch.output() instanceof Launch.Output.Pipe || launch.error() instanceof Launch.Output.Pipe;
		boolean captured = piped && output.capture() && output.keepLast() == null && !output.pull();
		if (output.limit() != null) {
			return new ExecutionPlan.Bound<>(output.limit(), OWN_OUTPUT_LIMIT);
		}
		Long limit = captured ? this.settings.outputLimit() : null;
		return (limit != null)
				? new ExecutionPlan.Bound<>(limit, OWN_OUTPUT_LIMIT + " or procession.defaults.output-limit") : null;
	}

	private OutputRecorder.StreamPlan stream(boolean piped, @Nullable OutputFile file, boolean capturable) {
		OutputOptions output = this.spec.output();
		boolean capture = capturable && piped && output.capture() && file == null;
		Charset charset = Objects.requireNonNullElse(output.charset(), this.settings.charset());
		BoundedPipe feed = capturable ? null : this.place.feed();
		return new OutputRecorder.StreamPlan(piped, capture,
				Objects.requireNonNullElse(output.keepLast(), Long.MAX_VALUE), charset, this.settings.maxLineLength(),
				(piped && file != null) ? new OutputRecorder.Target(file.path(), open(file), emptied(file)) : null,
				this.pending.outputListeners(), this.pending.lineListeners(), feed, feed != null && output.pull());
	}

	private OutputStream open(OutputFile file) {
		Path path = file.path();
		if (Files.exists(path) && !Files.isRegularFile(path) && !path.toAbsolutePath().startsWith("/dev")) {
			// opening a named pipe could block indefinitely
			closeFiles();
			throw new ProcessStartException(this.spec, ProcessStartException.Reason.FILE_NOT_ACCESSIBLE,
					"its output file '" + path + "' is neither a file nor a device", null);
		}
		try {
			// it is truncated once the process has started, so that a failed start loses
			// no data
			OutputStream stream = Files.newOutputStream(path, StandardOpenOption.CREATE,
					file.append() ? StandardOpenOption.APPEND : StandardOpenOption.WRITE);
			this.files.add(stream);
			return stream;
		}
		catch (IOException ex) {
			closeFiles();
			throw new ProcessStartException(this.spec, ProcessStartException.Reason.FILE_NOT_ACCESSIBLE,
					"the output file '" + path + "' cannot be written (" + ex + ")", ex);
		}
	}

	private static @Nullable Path emptied(OutputFile file) {
		return (!file.append() && Files.isRegularFile(file.path())) ? file.path() : null;
	}

	/** Close the files, since the process did not start. */
	void closeFiles() {
		for (OutputStream file : this.files) {
			try {
				file.close();
			}
			catch (IOException ex) {
				// nothing was written to it
				continue;
			}
		}
	}

	private ExecutionTimeout timeout() {
		Duration own = bound(this.spec.timeout(),
				this.spec.detached() ? TimeLimit.none() : this.defaultTimeout.of(this.settings));
		SharedDeadline shared = this.sharedDeadline;
		if (shared != null && shared.binds(own)) {
			return new ExecutionTimeout(shared.timeout(), shared.since(), shared.keeper(), shared.remedy());
		}
		return new ExecutionTimeout(own, null, this.keeper,
				(this.spec.timeout() != null) ? OWN_TIMEOUT : this.defaultTimeout.remedy);
	}

	private ExecutionPlan.@Nullable Bound<Duration> idleTimeout() {
		boolean none = this.spec.detached() || isInherited() || !this.place.isLast();
		Duration bound = bound(this.spec.idleTimeout(), none ? TimeLimit.none() : this.settings.idleTimeout());
		return (bound != null) ? new ExecutionPlan.Bound<>(bound,
				(this.spec.idleTimeout() != null) ? OWN_IDLE_TIMEOUT : DEFAULT_IDLE_TIMEOUT) : null;
	}

	private static @Nullable Duration bound(@Nullable TimeLimit configured, TimeLimit otherwise) {
		return ((configured != null) ? configured : otherwise).duration();
	}

	/** The standard input of a process that has none configured. */
	enum DefaultInput {

		/** Open for the caller, as with {@code start()}. */
		OPEN,

		/** Empty, as with {@code run()}. */
		EMPTY

	}

	/** The timeout of a process that has none configured. */
	private enum DefaultTimeout {

		RUN(" or procession.defaults.timeout"), START(" or procession.defaults.start-timeout"), NONE("");

		private final String remedy;

		DefaultTimeout(String setting) {
			this.remedy = OWN_TIMEOUT + setting;
		}

		private TimeLimit of(ProcessSettings settings) {
			return switch (this) {
				case RUN -> settings.timeout();
				case START -> settings.startTimeout();
				case NONE -> TimeLimit.none();
			};
		}

	}

	/**
	 * The position of a process: its neighbors are connected by native pipes, or through
	 * the JVM.
	 *
	 * @param readsJvm whether its input comes from the JVM or a file, not from a neighbor
	 * @param writesJvm whether its output goes to the JVM or a file, not to a neighbor
	 * @param feed the Java stage or the caller that reads its output, or {@code null} for
	 * none
	 * @param pulled whether the caller reads it
	 */
	record Place(boolean readsJvm, boolean writesJvm, @Nullable BoundedPipe feed, boolean pulled) {

		static final Place ALONE = new Place(true, true, null);

		Place(boolean readsJvm, boolean writesJvm, @Nullable BoundedPipe feed) {
			this(readsJvm, writesJvm, feed, false);
		}

		boolean isLast() {
			return this.writesJvm && (this.feed == null || this.pulled);
		}

	}

}
