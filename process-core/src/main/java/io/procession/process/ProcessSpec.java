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
 * Everything one can say about a run, as data: what configuration is mapped to, what can
 * be stored and compared. Listeners and live streams are not data and live in
 * {@code PendingProcess}.
 *
 * <p>
 * A component that is {@code null} was not said: the manager's default holds. Neither
 * {@link #toString()} nor anything else here shows a secret, the value of a variable or
 * the input. <i>Immutable.</i>
 *
 * @param command what to run
 * @param name what it is called in logs, events and metrics, or {@code null} for the
 * program's file name
 * @param tags free words to find it by
 * @param directory working directory, or {@code null} for the JVM's
 * @param environment how its environment differs from the JVM's
 * @param timeout bound on the whole run
 * @param idleTimeout bound on silence: how long it may write nothing
 * @param input what it reads on standard input
 * @param output what becomes of its output
 * @param successExitCodes exit codes that count as success, 0 unless said otherwise
 * @param stopSignal what asks it to end; TERM unless said otherwise
 * @param ignoredSignals signals that it ignores from its start on
 * @param stopGrace how long it has to end after that signal, before KILL
 * @param drain how long to wait for the end of its output after its exit
 * @param detached whether it is meant to outlive the manager and the JVM
 * @param terminal what terminal it has, if it is to have one
 * @param isolation who runs it, how separate it is, and how much it may use
 */
public record ProcessSpec(Command command, @Nullable String name, Set<String> tags, @Nullable Path directory,
		Environment environment, @Nullable TimeLimit timeout, @Nullable TimeLimit idleTimeout,
		@Nullable ProcessInput input, OutputOptions output, Set<Integer> successExitCodes, @Nullable Signal stopSignal,
		Set<Signal> ignoredSignals, @Nullable Duration stopGrace, @Nullable Duration drain, boolean detached,
		@Nullable Terminal terminal, Isolation isolation) {

	/**
	 * Checks and copies.
	 * @param command what to run
	 * @param name what it is called
	 * @param tags free words to find it by
	 * @param directory working directory
	 * @param environment how its environment differs from the JVM's
	 * @param timeout bound on the whole run
	 * @param idleTimeout bound on silence
	 * @param input what it reads on standard input
	 * @param output what becomes of its output
	 * @param successExitCodes exit codes that count as success
	 * @param stopSignal what asks it to end
	 * @param ignoredSignals signals that it ignores from its start on
	 * @param stopGrace how long it has to end after that signal
	 * @param drain how long to wait for the end of its output after its exit
	 * @param detached whether it is meant to outlive the manager and the JVM
	 * @param terminal what terminal it has
	 * @param isolation who runs it, how separate it is, and how much it may use
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
				throw new IllegalArgumentException("An exit code is 0 to 255: " + code);
			}
		}
		if (stopSignal != null) {
			checkStopSignal(stopSignal);
		}
		ignoredSignals = Collections.unmodifiableSet(new LinkedHashSet<>(ignoredSignals));
		for (Signal signal : ignoredSignals) {
			if (signal == Signal.KILL || signal == Signal.STOP) {
				throw new IllegalArgumentException("No process can ignore the signal " + signal);
			}
		}
		requireNotNegative("stopGrace", stopGrace);
		requireNotNegative("drain", drain);
		command = hiding(command, environment);
		if (terminal != null && Boolean.TRUE.equals(isolation.newSession())) {
			throw new IllegalArgumentException("A terminal cannot go with newSession(): tty() needs the JVM's session,"
					+ " and pty(...) gives it one of its own already");
		}
		if (terminal != null) {
			requireTerminalPossible(terminal, input, output, detached);
		}
	}

	/**
	 * Check that a signal may be used to stop processes.
	 * @param signal the signal
	 * @throws IllegalArgumentException if it suspends or resumes processes
	 */
	public static void checkStopSignal(Signal signal) {
		if (signal == Signal.STOP || signal == Signal.TSTP || signal == Signal.CONT) {
			throw new IllegalArgumentException("The stop signal must end a process: " + signal + " does not");
		}
	}

	// what is secret in the environment may recur in the command
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
			conflict = "detached(): it outlives the JVM, its terminal does not";
		}
		else if (output.errorTo() != null) {
			conflict = "errorOutputTo(...): a terminal has one stream for output and error output";
		}
		else if (inherited && (input != null || output.outputTo() != null || output.limit() != null)) {
			conflict = "input(...), outputTo(...) and outputLimit(...): it reads and writes the terminal itself";
		}
		else if (inherited && output.pull()) {
			conflict = "pullOutput(): it writes to the terminal itself";
		}
		else if (input instanceof ProcessInput.File) {
			conflict = "input(file): a terminal is typed on, use input(stream)";
		}
		else if (input instanceof ProcessInput.Inherited) {
			conflict = "inheritInput(): its input is its own terminal, use tty()";
		}
		if (conflict != null) {
			throw new IllegalArgumentException((inherited ? "tty()" : "pty(...)") + " cannot go with " + conflict);
		}
	}

	private static void requireNotNegative(String what, @Nullable Duration duration) {
		if (duration != null && duration.isNegative()) {
			throw new IllegalArgumentException(what + " must not be negative: " + duration);
		}
	}

	/**
	 * Starts a spec.
	 * @param command what to run
	 * @return a builder
	 */
	public static Builder builder(Command command) {
		return new Builder(command);
	}

	/**
	 * A spec that says nothing beyond its command.
	 * @param command what to run
	 * @return the spec
	 */
	public static ProcessSpec of(Command command) {
		return builder(command).build();
	}

	/**
	 * A builder that starts from this spec.
	 * @return a new builder
	 */
	public Builder toBuilder() {
		return new Builder(this);
	}

	/**
	 * What it is called: the name, or else the program's file name, without the secrets
	 * that are known here and on one line.
	 * @return never empty
	 */
	public String displayName() {
		return displayName(this.command, this.environment, this.name);
	}

	static String displayName(Command command, Environment environment, @Nullable String name) {
		Redactor secrets = secrets(command, environment);
		// a whole line may have been given as the program
		return Printable
			.of((name != null) ? secrets.hide(name) : secrets.redact(List.of(command.programName())).get(0));
	}

	/**
	 * A text that belongs to this, such as the path of a file, as it may be shown in
	 * messages and events: without the secrets that are known here, on one line.
	 * @param text any text
	 * @return the text, secrets in it replaced and control characters escaped
	 */
	public String shown(String text) {
		return Printable.of(secrets().redact(List.of(text)).get(0));
	}

	/**
	 * All secrets of this that are known here, those by their names included.
	 * @return the values, in no order
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

	/** Hides all of its secrets that are known here, those by their names included. */
	Redactor secrets() {
		return secrets(this.command, this.environment);
	}

	private static Redactor secrets(Command command, Environment environment) {
		return command.redactor().hiding(knownSecrets(command, environment));
	}

	/**
	 * Everything that was said, as it may be shown: without secrets, values of variables
	 * and the input.
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
	 * Collects what a {@link ProcessSpec} says. <i>Not thread-safe.</i>
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
		 * Another command.
		 * @param value what to run
		 * @return this builder
		 */
		public Builder command(Command value) {
			this.command = value;
			return this;
		}

		/**
		 * What it is called in logs, events and metrics. Names become metric tags: use
		 * few of them.
		 * @param value the name
		 * @return this builder
		 */
		public Builder name(String value) {
			this.name = value;
			return this;
		}

		/**
		 * A free word to find it by.
		 * @param value the word
		 * @return this builder
		 */
		public Builder tag(String value) {
			Set<String> changed = new LinkedHashSet<>(this.tags);
			changed.add(value);
			this.tags = changed;
			return this;
		}

		/**
		 * Working directory.
		 * @param value an existing directory
		 * @return this builder
		 */
		public Builder directory(Path value) {
			this.directory = value;
			return this;
		}

		/**
		 * Sets a variable.
		 * @param variable its name
		 * @param value its value; empty is a value
		 * @return this builder
		 */
		public Builder env(String variable, String value) {
			this.environment = this.environment.with(variable, value);
			return this;
		}

		/**
		 * Sets variables, keeping those set before.
		 * @param variables values by name
		 * @return this builder
		 */
		public Builder env(Map<String, String> variables) {
			variables.forEach(this::env);
			return this;
		}

		/**
		 * Sets a variable whose value is shown nowhere.
		 * @param variable its name
		 * @param value its value
		 * @return this builder
		 */
		public Builder secretEnv(String variable, Secret value) {
			this.environment = this.environment.with(variable, value);
			return this;
		}

		/**
		 * Removes a variable.
		 * @param variable its name
		 * @return this builder
		 */
		public Builder unsetEnv(String variable) {
			this.environment = this.environment.withUnset(variable);
			return this;
		}

		/**
		 * Whether the environment starts from the JVM's, or empty.
		 * @param inherit whether it is inherited
		 * @return this builder
		 */
		public Builder inheritEnv(boolean inherit) {
			this.environment = this.environment.withInherit(inherit);
			return this;
		}

		/**
		 * The whole environment.
		 * @param value how it differs from the JVM's
		 * @return this builder
		 */
		public Builder environment(Environment value) {
			this.environment = value;
			return this;
		}

		/**
		 * Bound on the whole run.
		 * @param value positive
		 * @return this builder
		 */
		public Builder timeout(Duration value) {
			this.timeout = TimeLimit.of(value);
			return this;
		}

		/**
		 * No bound on the whole run, whatever the default is.
		 * @return this builder
		 */
		public Builder noTimeout() {
			this.timeout = TimeLimit.none();
			return this;
		}

		/**
		 * Bound on silence.
		 * @param value positive
		 * @return this builder
		 */
		public Builder idleTimeout(Duration value) {
			this.idleTimeout = TimeLimit.of(value);
			return this;
		}

		/**
		 * No bound on silence, whatever the default is.
		 * @return this builder
		 */
		public Builder noIdleTimeout() {
			this.idleTimeout = TimeLimit.none();
			return this;
		}

		/**
		 * What it reads on standard input.
		 * @param value the input, or {@code null} to say nothing about it again
		 * @return this builder
		 */
		public Builder input(@Nullable ProcessInput value) {
			this.input = value;
			return this;
		}

		/**
		 * Everything about its output.
		 * @param value what becomes of it
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
		 * Keeps no output in memory.
		 * @return this builder
		 */
		public Builder quietly() {
			this.output = this.output.withCapture(false);
			return this;
		}

		/**
		 * Sends standard error where standard output goes.
		 * @return this builder
		 */
		public Builder mergeErrorOutput() {
			this.output = this.output.withMergeError(true);
			return this;
		}

		/**
		 * Writes standard output to a file, emptied first.
		 * @param file the file
		 * @return this builder
		 */
		public Builder outputTo(Path file) {
			this.output = this.output.withOutputTo(new OutputFile(file, false));
			return this;
		}

		/**
		 * Appends standard output to a file.
		 * @param file the file
		 * @return this builder
		 */
		public Builder appendOutputTo(Path file) {
			this.output = this.output.withOutputTo(new OutputFile(file, true));
			return this;
		}

		/**
		 * Writes standard error to a file, emptied first.
		 * @param file the file
		 * @return this builder
		 */
		public Builder errorOutputTo(Path file) {
			this.output = this.output.withErrorTo(new OutputFile(file, false));
			return this;
		}

		/**
		 * Appends standard error to a file.
		 * @param file the file
		 * @return this builder
		 */
		public Builder appendErrorOutputTo(Path file) {
			this.output = this.output.withErrorTo(new OutputFile(file, true));
			return this;
		}

		/**
		 * How bytes become text.
		 * @param value the charset
		 * @return this builder
		 */
		public Builder charset(Charset value) {
			this.output = this.output.withCharset(value);
			return this;
		}

		/**
		 * Bytes of both streams together after which the process is stopped.
		 * @param bytes not negative
		 * @return this builder
		 */
		public Builder outputLimit(long bytes) {
			this.output = this.output.withLimit(bytes);
			return this;
		}

		/**
		 * Bytes kept of each stream, the older ones dropped; a stream that goes to a file
		 * is not kept.
		 * @param bytes not negative
		 * @return this builder
		 */
		public Builder keepLast(long bytes) {
			this.output = this.output.withKeepLast(bytes);
			return this;
		}

		/**
		 * Exit codes that count as success.
		 * @param codes 0 to 255 each; replaces what was said before, 0 included
		 * @return this builder
		 */
		public Builder successExitCodes(int... codes) {
			Set<Integer> changed = new TreeSet<>();
			Arrays.stream(codes).forEach(changed::add);
			this.successExitCodes = changed;
			return this;
		}

		/**
		 * What asks it to end.
		 * @param value a signal that ends processes
		 * @return this builder
		 */
		public Builder stopSignal(Signal value) {
			this.stopSignal = value;
			return this;
		}

		/**
		 * Set the signals that it ignores from its start on, as {@code nohup(1)} does
		 * with HUP; see {@code signal(7)}. What it starts ignores them, too. Linux only:
		 * {@code env(1)} of coreutils 8.31 or later.
		 * @param signals any but KILL and STOP; none for the default
		 * @return this builder
		 */
		public Builder ignoreSignals(Signal... signals) {
			this.ignoredSignals = new LinkedHashSet<>(List.of(signals));
			return this;
		}

		/**
		 * How long it has to end after the stop signal.
		 * @param value not negative; zero means KILL at once
		 * @return this builder
		 */
		public Builder stopGrace(Duration value) {
			this.stopGrace = Objects.requireNonNull(value, "stopGrace");
			return this;
		}

		/**
		 * How long to wait for the end of its output after its exit.
		 * @param value not negative
		 * @return this builder
		 */
		public Builder drain(Duration value) {
			this.drain = Objects.requireNonNull(value, "drain");
			return this;
		}

		/**
		 * Lets it outlive the manager and the JVM.
		 * @return this builder
		 */
		public Builder detached() {
			this.detached = true;
			return this;
		}

		/**
		 * Gives it a terminal.
		 * @param value which, or {@code null} for none
		 * @return this builder
		 */
		public Builder terminal(@Nullable Terminal value) {
			this.terminal = value;
			return this;
		}

		/**
		 * Who runs it, how separate it is, and how much it may use.
		 * @param value the isolation
		 * @return this builder
		 */
		public Builder isolation(Isolation value) {
			this.isolation = value;
			return this;
		}

		/**
		 * Runs it as another user.
		 * @param value the user and the groups
		 * @return this builder
		 */
		public Builder runAs(RunAs value) {
			return isolation(this.isolation.withRunAs(value));
		}

		/**
		 * What each single process may use.
		 * @param value the limits
		 * @return this builder
		 */
		public Builder limits(ResourceLimits value) {
			return isolation(this.isolation.withLimits(value));
		}

		/**
		 * What it and all that it starts may use together.
		 * @param value the limits
		 * @return this builder
		 */
		public Builder treeLimits(TreeLimits value) {
			return isolation(this.isolation.withTreeLimits(value));
		}

		/**
		 * Who comes first.
		 * @param value the priority
		 * @return this builder
		 */
		public Builder priority(Priority value) {
			return isolation(this.isolation.withPriority(value));
		}

		/**
		 * The CPUs that it may run on.
		 * @param cpus numbers, from 0; none for all
		 * @return this builder
		 */
		public Builder cpuAffinity(int... cpus) {
			return isolation(this.isolation.withCpuAffinity(cpus));
		}

		/**
		 * Who is killed first when the machine runs out of memory.
		 * @param value -1000 (never) to 1000 (first)
		 * @return this builder
		 */
		public Builder oomScoreAdjustment(int value) {
			return isolation(this.isolation.withOomScoreAdjustment(value));
		}

		/**
		 * Permissions that new files do not get.
		 * @param value octal with a leading zero, such as {@code 0027}
		 * @return this builder
		 */
		public Builder umask(String value) {
			return isolation(this.isolation.withUmask(value));
		}

		/**
		 * Lets set-user-ID programs give it no more privilege.
		 * @return this builder
		 */
		public Builder noNewPrivileges() {
			return isolation(this.isolation.withNoNewPrivileges(true));
		}

		/**
		 * Lets it lead a session of its own.
		 * @return this builder
		 */
		public Builder newSession() {
			return isolation(this.isolation.withNewSession(true));
		}

		/**
		 * Checks the whole.
		 * @return the spec
		 * @throws IllegalArgumentException naming the first value that is wrong
		 */
		public ProcessSpec build() {
			return new ProcessSpec(this.command, this.name, this.tags, this.directory, this.environment, this.timeout,
					this.idleTimeout, this.input, this.output, this.successExitCodes, this.stopSignal,
					this.ignoredSignals, this.stopGrace, this.drain, this.detached, this.terminal, this.isolation);
		}

	}

}
