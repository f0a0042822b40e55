package io.procession.process;

import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;

import io.procession.isolation.Isolation;
import io.procession.isolation.Priority;
import io.procession.isolation.ResourceLimits;
import io.procession.isolation.RunAs;
import io.procession.isolation.TreeLimits;
import io.procession.security.Printable;
import io.procession.security.Redactor;

/**
 * Complete definition of an execution as data, which configuration is mapped to and which
 * can be stored and compared. Listeners and open streams are not data and belong to
 * {@code PendingProcess}.
 *
 * <p>
 * A component that is {@code null} is not configured, and the default of the manager
 * applies. Neither {@link #toString()} nor any other method for display shows a secret,
 * the value of a variable or the input. <i>Immutable.</i>
 *
 * @param command the command to execute
 * @param name name in logs, events and metrics, or {@code null} for the file name of the
 * program
 * @param tags arbitrary words to find the process by
 * @param directory working directory, or {@code null} for the JVM's
 * @param environment differences from the environment of the JVM
 * @param timeout maximum duration of the execution
 * @param idleTimeout maximum time without output
 * @param input standard input
 * @param output options for the output
 * @param successExitCodes exit codes that count as success, 0 by default
 * @param stopSignal signal that requests the process to end, TERM by default
 * @param ignoredSignals signals that the process ignores from its start on
 * @param stopGrace maximum time to wait after that signal before KILL is sent
 * @param drain maximum time to wait for the remaining output once the process has exited
 * @param detached whether the process is intended to outlive the manager and the JVM
 * @param terminal terminal of the process, if it has one
 * @param isolation user, isolation and resource limits of the process
 */
public record ProcessSpec(Command command, @Nullable String name, Set<String> tags, @Nullable Path directory,
		Environment environment, @Nullable TimeLimit timeout, @Nullable TimeLimit idleTimeout,
		@Nullable ProcessInput input, OutputOptions output, Set<Integer> successExitCodes, @Nullable Signal stopSignal,
		Set<Signal> ignoredSignals, @Nullable Duration stopGrace, @Nullable Duration drain, boolean detached,
		@Nullable Terminal terminal, Isolation isolation) {

	/** Signals that suspend or resume a process by default; {@code signal(7)}. */
	private static final Set<Signal> NOT_ENDING = Set.of(Signal.STOP, Signal.TSTP, Signal.TTIN, Signal.TTOU,
			Signal.CONT);

	/**
	 * Check and copy the values.
	 * @param command the command to execute
	 * @param name name in logs, events and metrics
	 * @param tags arbitrary words to find the process by
	 * @param directory working directory
	 * @param environment differences from the environment of the JVM
	 * @param timeout maximum duration of the execution
	 * @param idleTimeout maximum time without output
	 * @param input standard input
	 * @param output options for the output
	 * @param successExitCodes exit codes that count as success
	 * @param stopSignal signal that requests the process to end
	 * @param ignoredSignals signals that the process ignores from its start on
	 * @param stopGrace maximum time to wait after that signal
	 * @param drain maximum time to wait for the remaining output once the process has
	 * exited
	 * @param detached whether the process is intended to outlive the manager and the JVM
	 * @param terminal terminal of the process
	 * @param isolation user, isolation and resource limits of the process
	 */
	public ProcessSpec {
		tags = Collections.unmodifiableSet(new LinkedHashSet<>(tags));
		successExitCodes = Collections.unmodifiableSet(new TreeSet<>(successExitCodes));
		if (name != null && name.isBlank()) {
			throw new IllegalArgumentException("The name of a process must not be empty");
		}
		if (successExitCodes.isEmpty()) {
			throw new IllegalArgumentException("successExitCodes must name at least one exit code");
		}
		for (int code : successExitCodes) {
			if (code < 0 || code > 255) {
				throw new IllegalArgumentException("An exit code must be 0 to 255: " + code);
			}
		}
		if (stopSignal != null) {
			checkStopSignal(stopSignal);
		}
		ignoredSignals = Collections.unmodifiableSet(new LinkedHashSet<>(ignoredSignals));
		for (Signal signal : ignoredSignals) {
			if (signal == Signal.KILL || signal == Signal.STOP) {
				throw new IllegalArgumentException("A process cannot ignore the signal " + signal);
			}
		}
		requireNotNegative("stopGrace", stopGrace);
		requireNotNegative("drain", drain);
		command = hiding(command, environment);
		if (terminal != null && Boolean.TRUE.equals(isolation.newSession())) {
			throw new IllegalArgumentException("A terminal cannot go with newSession(): tty() needs the JVM's session,"
					+ " and pty(...) already creates a new one");
		}
		if (terminal != null) {
			requireTerminalPossible(terminal, input, output, detached);
		}
	}

	/**
	 * Check that a signal may be used to stop processes.
	 * @param signal the signal
	 * @throws IllegalArgumentException if the signal suspends or resumes processes
	 */
	public static void checkStopSignal(Signal signal) {
		if (NOT_ENDING.contains(signal)) {
			throw new IllegalArgumentException(
					"The stop signal must be one that ends a process: " + signal + " does not");
		}
	}

	// a secret of the environment may recur in the command
	private static Command hiding(Command command, Environment environment) {
		List<String> values = new ArrayList<>();
		environment.secrets().values().forEach((secret) -> secret.value().ifPresent(values::add));
		return command.redactedBy(command.redactor().hiding(values));
	}

	private static void requireTerminalPossible(Terminal terminal, @Nullable ProcessInput input, OutputOptions output,
			boolean detached) {
		boolean inherited = terminal instanceof Terminal.Inherited;
		String conflict = null;
		if (detached) {
			conflict = "detached(): the process outlives the JVM, but its terminal does not";
		}
		else if (output.errorTo() != null) {
			conflict = "errorOutputTo(...): a terminal has one stream for output and error output";
		}
		else if (inherited && (input != null || output.outputTo() != null || output.limit() != null)) {
			conflict = "input(...), outputTo(...) and outputLimit(...): the process uses the terminal directly";
		}
		else if (inherited && output.pull()) {
			conflict = "pullOutput(): the process uses the terminal directly";
		}
		else if (input instanceof ProcessInput.File) {
			conflict = "input(file): input is typed into the terminal; use input(stream)";
		}
		else if (input instanceof ProcessInput.Inherited) {
			conflict = "inheritInput(): the process reads from its own terminal; use tty()";
		}
		if (conflict != null) {
			throw new IllegalArgumentException(
					(inherited ? "tty()" : "pty(...)") + " cannot be combined with " + conflict);
		}
	}

	private static void requireNotNegative(String what, @Nullable Duration duration) {
		if (duration != null && duration.isNegative()) {
			throw new IllegalArgumentException(what + " must not be negative: " + duration);
		}
	}

	/**
	 * Create a builder.
	 * @param command the command to execute
	 * @return a builder
	 */
	public static Builder builder(Command command) {
		return new Builder(command);
	}

	/**
	 * Create a spec in which only the command is configured.
	 * @param command the command to execute
	 * @return the spec
	 */
	public static ProcessSpec of(Command command) {
		return builder(command).build();
	}

	/**
	 * Create a builder with the values of this spec.
	 * @return a new builder
	 */
	public Builder toBuilder() {
		return new Builder(this);
	}

	/**
	 * Return the name of the process, or else the file name of the program, on a single
	 * line and without known secrets.
	 * @return the name, never empty
	 */
	public String displayName() {
		return displayName(this.command, this.environment, this.name);
	}

	static String displayName(Command command, Environment environment, @Nullable String name) {
		Redactor secrets = secrets(command, environment);
		// a whole command line may have been given as the program
		return Printable
			.of((name != null) ? secrets.hide(name) : secrets.redact(List.of(command.programName())).get(0));
	}

	/**
	 * Return a text that belongs to this spec, such as the path of a file, as it may be
	 * shown in messages and events: on a single line and without known secrets.
	 * @param text any text
	 * @return the text with secrets replaced and control characters escaped
	 */
	public String shown(String text) {
		return Printable.of(secrets().redact(List.of(text)).get(0));
	}

	/**
	 * Return the values of all known secrets, including those that are found by their
	 * names.
	 * @return the values, in no particular order
	 */
	public List<String> knownSecrets() {
		return knownSecrets(this.command, this.environment);
	}

	private static List<String> knownSecrets(Command command, Environment environment) {
		Redactor redactor = command.redactor();
		List<String> known = new ArrayList<>(command.knownSecrets());
		environment.secrets().values().forEach((secret) -> secret.value().ifPresent(known::add));
		environment.variables().forEach((variable, value) -> {
			if (!redactor.isSecret(variable)) {
				known.addAll(redactor.find(List.of(value)));
			}
			else if (Redactor.isRecognisable(value)) {
				known.add(value);
			}
		});
		return known;
	}

	/**
	 * Return a redactor that hides all known secrets, including those found by their
	 * names.
	 */
	Redactor secrets() {
		return secrets(this.command, this.environment);
	}

	private static Redactor secrets(Command command, Environment environment) {
		return command.redactor().hiding(knownSecrets(command, environment));
	}

	/**
	 * Return all values as they may be shown: without secrets, values of variables and
	 * the input.
	 */
	@Override
	public String toString() {
		StringBuilder text = new StringBuilder("ProcessSpec[command=").append(this.command);
		Redactor secrets = secrets();
		text.append(", name=").append((this.name != null) ? displayName() : null);
		text.append(", tags=").append(this.tags.stream().map(secrets::hide).map(Printable::of).toList());
		text.append(", directory=").append((this.directory != null) ? shown(this.directory.toString()) : null);
		text.append(", environment=").append(Printable.of(this.environment.toString()));
		text.append(", timeout=").append(this.timeout).append(", idleTimeout=").append(this.idleTimeout);
		text.append(", input=").append((this.input != null) ? shown(this.input.toString()) : null);
		text.append(", output=").append(shown(this.output.toString()));
		text.append(", successExitCodes=").append(this.successExitCodes);
		text.append(", stopSignal=").append(this.stopSignal).append(", ignoredSignals=").append(this.ignoredSignals);
		text.append(", stopGrace=").append(this.stopGrace);
		text.append(", drain=").append(this.drain).append(", detached=").append(this.detached);
		text.append(", terminal=").append(this.terminal).append(", isolation=").append(this.isolation);
		return text.append(']').toString();
	}

	/**
	 * Builder for a {@link ProcessSpec}. <i>Not thread-safe.</i>
	 */
	public static final class Builder {

		private Command command;

		private @Nullable String name;

		private Set<String> tags = Set.of();

		private @Nullable Path directory;

		private Environment environment = Environment.unchanged();

		private @Nullable TimeLimit timeout;

		private @Nullable TimeLimit idleTimeout;

		private @Nullable ProcessInput input;

		private OutputOptions output = OutputOptions.DEFAULT;

		private Set<Integer> successExitCodes = Set.of(0);

		private @Nullable Signal stopSignal;

		private Set<Signal> ignoredSignals = Set.of();

		private @Nullable Duration stopGrace;

		private @Nullable Duration drain;

		private boolean detached;

		private @Nullable Terminal terminal;

		private Isolation isolation = Isolation.none();

		private Builder(Command command) {
			this.command = command;
		}

		private Builder(ProcessSpec spec) {
			this.command = spec.command;
			this.name = spec.name;
			this.tags = spec.tags;
			this.directory = spec.directory;
			this.environment = spec.environment;
			this.timeout = spec.timeout;
			this.idleTimeout = spec.idleTimeout;
			this.input = spec.input;
			this.output = spec.output;
			this.successExitCodes = spec.successExitCodes;
			this.stopSignal = spec.stopSignal;
			this.ignoredSignals = spec.ignoredSignals;
			this.stopGrace = spec.stopGrace;
			this.drain = spec.drain;
			this.detached = spec.detached;
			this.terminal = spec.terminal;
			this.isolation = spec.isolation;
		}

		/**
		 * Set the command.
		 * @param value the command to execute
		 * @return this builder
		 */
		public Builder command(Command value) {
			this.command = value;
			return this;
		}

		/**
		 * Set the name in logs, events and metrics. Names become metric tags, so their
		 * number should be small.
		 * @param value the name
		 * @return this builder
		 */
		public Builder name(String value) {
			this.name = value;
			return this;
		}

		/**
		 * Add a tag to find the process by.
		 * @param value any word
		 * @return this builder
		 */
		public Builder tag(String value) {
			Set<String> changed = new LinkedHashSet<>(this.tags);
			changed.add(value);
			this.tags = changed;
			return this;
		}

		/**
		 * Set the working directory.
		 * @param value an existing directory
		 * @return this builder
		 */
		public Builder directory(Path value) {
			this.directory = value;
			return this;
		}

		/**
		 * Set an environment variable.
		 * @param variable the name
		 * @param value the value, which may be empty
		 * @return this builder
		 */
		public Builder env(String variable, String value) {
			this.environment = this.environment.with(variable, value);
			return this;
		}

		/**
		 * Set environment variables, in addition to those that are already set.
		 * @param variables values by name
		 * @return this builder
		 */
		public Builder env(Map<String, String> variables) {
			variables.forEach(this::env);
			return this;
		}

		/**
		 * Set an environment variable whose value is never shown.
		 * @param variable the name
		 * @param value the value
		 * @return this builder
		 */
		public Builder secretEnv(String variable, Secret value) {
			this.environment = this.environment.with(variable, value);
			return this;
		}

		/**
		 * Remove an environment variable.
		 * @param variable the name
		 * @return this builder
		 */
		public Builder unsetEnv(String variable) {
			this.environment = this.environment.withUnset(variable);
			return this;
		}

		/**
		 * Set whether the environment of the JVM is inherited. Otherwise, the process
		 * starts with an empty environment.
		 * @param inherit whether it is inherited
		 * @return this builder
		 */
		public Builder inheritEnv(boolean inherit) {
			this.environment = this.environment.withInherit(inherit);
			return this;
		}

		/**
		 * Set the environment as a whole.
		 * @param value differences from the environment of the JVM
		 * @return this builder
		 */
		public Builder environment(Environment value) {
			this.environment = value;
			return this;
		}

		/**
		 * Set the maximum duration of the execution.
		 * @param value the timeout, positive
		 * @return this builder
		 */
		public Builder timeout(Duration value) {
			this.timeout = TimeLimit.of(value);
			return this;
		}

		/**
		 * Set the duration of the execution to be unlimited, regardless of the default.
		 * @return this builder
		 */
		public Builder noTimeout() {
			this.timeout = TimeLimit.none();
			return this;
		}

		/**
		 * Set the maximum time without output.
		 * @param value the idle timeout, positive
		 * @return this builder
		 */
		public Builder idleTimeout(Duration value) {
			this.idleTimeout = TimeLimit.of(value);
			return this;
		}

		/**
		 * Set the time without output to be unlimited, regardless of the default.
		 * @return this builder
		 */
		public Builder noIdleTimeout() {
			this.idleTimeout = TimeLimit.none();
			return this;
		}

		/**
		 * Set the standard input.
		 * @param value the input, or {@code null} to use the default
		 * @return this builder
		 */
		public Builder input(@Nullable ProcessInput value) {
			this.input = value;
			return this;
		}

		/**
		 * Set all options for the output.
		 * @param value the options
		 * @return this builder
		 */
		public Builder output(OutputOptions value) {
			this.output = value;
			return this;
		}

		/**
		 * Let the caller read standard output at its own pace; it is not captured.
		 * @return this builder
		 */
		public Builder pullOutput() {
			this.output = this.output.withPull(true);
			return this;
		}

		/**
		 * Do not capture output in memory.
		 * @return this builder
		 */
		public Builder quietly() {
			this.output = this.output.withCapture(false);
			return this;
		}

		/**
		 * Redirect standard error to standard output.
		 * @return this builder
		 */
		public Builder mergeErrorOutput() {
			this.output = this.output.withMergeError(true);
			return this;
		}

		/**
		 * Write standard output to a file, replacing its content.
		 * @param file the file
		 * @return this builder
		 */
		public Builder outputTo(Path file) {
			this.output = this.output.withOutputTo(new OutputFile(file, false));
			return this;
		}

		/**
		 * Append standard output to a file.
		 * @param file the file
		 * @return this builder
		 */
		public Builder appendOutputTo(Path file) {
			this.output = this.output.withOutputTo(new OutputFile(file, true));
			return this;
		}

		/**
		 * Write standard error to a file, replacing its content.
		 * @param file the file
		 * @return this builder
		 */
		public Builder errorOutputTo(Path file) {
			this.output = this.output.withErrorTo(new OutputFile(file, false));
			return this;
		}

		/**
		 * Append standard error to a file.
		 * @param file the file
		 * @return this builder
		 */
		public Builder appendErrorOutputTo(Path file) {
			this.output = this.output.withErrorTo(new OutputFile(file, true));
			return this;
		}

		/**
		 * Set the charset to decode the output with.
		 * @param value the charset
		 * @return this builder
		 */
		public Builder charset(Charset value) {
			this.output = this.output.withCharset(value);
			return this;
		}

		/**
		 * Set the maximum number of bytes of both streams together, after which the
		 * process is stopped.
		 * @param bytes the limit, not negative
		 * @return this builder
		 */
		public Builder outputLimit(long bytes) {
			this.output = this.output.withLimit(bytes);
			return this;
		}

		/**
		 * Capture only the last bytes of each stream and drop earlier ones. A stream that
		 * is written to a file is not captured.
		 * @param bytes number of bytes, not negative
		 * @return this builder
		 */
		public Builder keepLast(long bytes) {
			this.output = this.output.withKeepLast(bytes);
			return this;
		}

		/**
		 * Set the exit codes that count as success, replacing all previous ones including
		 * 0.
		 * @param codes exit codes, 0 to 255 each
		 * @return this builder
		 */
		public Builder successExitCodes(int... codes) {
			Set<Integer> changed = new TreeSet<>();
			Arrays.stream(codes).forEach(changed::add);
			this.successExitCodes = changed;
			return this;
		}

		/**
		 * Set the signal that requests the process to end.
		 * @param value a signal that ends processes
		 * @return this builder
		 */
		public Builder stopSignal(Signal value) {
			this.stopSignal = value;
			return this;
		}

		/**
		 * Set the signals that the process ignores from its start on, as {@code nohup(1)}
		 * does with HUP; see {@code signal(7)}. Its own child processes inherit this.
		 * Linux only: requires {@code env(1)} of coreutils 8.31 or later.
		 * @param signals any but KILL and STOP; none for the default
		 * @return this builder
		 */
		public Builder ignoreSignals(Signal... signals) {
			this.ignoredSignals = new LinkedHashSet<>(List.of(signals));
			return this;
		}

		/**
		 * Set the maximum time to wait after the stop signal before KILL is sent.
		 * @param value the stop grace, not negative; zero to send KILL immediately
		 * @return this builder
		 */
		public Builder stopGrace(Duration value) {
			this.stopGrace = Objects.requireNonNull(value, "stopGrace");
			return this;
		}

		/**
		 * Set the maximum time to wait for the remaining output once the process has
		 * exited.
		 * @param value the time, not negative
		 * @return this builder
		 */
		public Builder drain(Duration value) {
			this.drain = Objects.requireNonNull(value, "drain");
			return this;
		}

		/**
		 * Permit the process to outlive the manager and the JVM.
		 * @return this builder
		 */
		public Builder detached() {
			this.detached = true;
			return this;
		}

		/**
		 * Set the terminal of the process.
		 * @param value the terminal, or {@code null} for none
		 * @return this builder
		 */
		public Builder terminal(@Nullable Terminal value) {
			this.terminal = value;
			return this;
		}

		/**
		 * Set user, isolation and resource limits of the process.
		 * @param value the isolation
		 * @return this builder
		 */
		public Builder isolation(Isolation value) {
			this.isolation = value;
			return this;
		}

		/**
		 * Set the user and groups to run the process as.
		 * @param value the user and the groups
		 * @return this builder
		 */
		public Builder runAs(RunAs value) {
			return isolation(this.isolation.withRunAs(value));
		}

		/**
		 * Set the resource limits of each single process.
		 * @param value the limits
		 * @return this builder
		 */
		public Builder limits(ResourceLimits value) {
			return isolation(this.isolation.withLimits(value));
		}

		/**
		 * Set the resource limits of the process and all of its descendants together.
		 * @param value the limits
		 * @return this builder
		 */
		public Builder treeLimits(TreeLimits value) {
			return isolation(this.isolation.withTreeLimits(value));
		}

		/**
		 * Set the CPU and I/O scheduling priority.
		 * @param value the priority
		 * @return this builder
		 */
		public Builder priority(Priority value) {
			return isolation(this.isolation.withPriority(value));
		}

		/**
		 * Set the CPUs on which the process may be executed.
		 * @param cpus numbers of the CPUs, from 0; none for all of them
		 * @return this builder
		 */
		public Builder cpuAffinity(int... cpus) {
			return isolation(this.isolation.withCpuAffinity(cpus));
		}

		/**
		 * Set the adjustment of the score that determines which process is killed first
		 * when the machine runs out of memory.
		 * @param value the adjustment, from -1000 (never killed) to 1000 (killed first)
		 * @return this builder
		 */
		public Builder oomScoreAdjustment(int value) {
			return isolation(this.isolation.withOomScoreAdjustment(value));
		}

		/**
		 * Set the permissions that are removed from new files.
		 * @param value the mask, octal with a leading zero, such as {@code 0027}
		 * @return this builder
		 */
		public Builder umask(String value) {
			return isolation(this.isolation.withUmask(value));
		}

		/**
		 * Prevent the process from gaining privileges by set-user-ID programs.
		 * @return this builder
		 */
		public Builder noNewPrivileges() {
			return isolation(this.isolation.withNoNewPrivileges(true));
		}

		/**
		 * Make the process the leader of a new session.
		 * @return this builder
		 */
		public Builder newSession() {
			return isolation(this.isolation.withNewSession(true));
		}

		/**
		 * Check the values and create the spec.
		 * @return the spec
		 * @throws IllegalArgumentException if a value is invalid, naming the first one
		 */
		public ProcessSpec build() {
			return new ProcessSpec(this.command, this.name, this.tags, this.directory, this.environment, this.timeout,
					this.idleTimeout, this.input, this.output, this.successExitCodes, this.stopSignal,
					this.ignoredSignals, this.stopGrace, this.drain, this.detached, this.terminal, this.isolation);
		}

	}

}
