package io.procession.execution;

import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;

import io.procession.event.ProcessEvent;
import io.procession.event.ProcessExited;
import io.procession.event.ProcessListener;
import io.procession.event.ProcessStarted;
import io.procession.event.ProcessStarting;
import io.procession.event.ProcessStopping;
import io.procession.isolation.Isolation;
import io.procession.isolation.IsolationSupport;
import io.procession.isolation.Priority;
import io.procession.isolation.ResourceLimits;
import io.procession.isolation.RunAs;
import io.procession.isolation.TreeLimits;
import io.procession.lang.CanIgnoreReturnValue;
import io.procession.lang.CheckReturnValue;
import io.procession.process.Command;
import io.procession.process.OutputType;
import io.procession.process.ProcessInput;
import io.procession.process.ProcessResult;
import io.procession.process.ProcessSpec;
import io.procession.process.Secret;
import io.procession.process.Signal;
import io.procession.process.Terminal;
import io.procession.security.Redactor;

/**
 * A process that has not started: a command and everything one says about its run.
 *
 * <p>
 * Every call returns a new one, so that one can be kept as a template and shared between
 * threads. What is not said has the manager's default: {@link #run()} has a timeout of 60
 * s, {@link #start()} none; standard output and standard error are kept apart and whole;
 * the environment is the JVM's; text is UTF-8. <i>Immutable, thread-safe</i>, as far as
 * its listeners are.
 */
@CheckReturnValue
public final class PendingProcess {

	private final ProcessLauncher launcher;

	private final ProcessSpec spec;

	private final List<OutputListener> outputListeners;

	private final List<LineListener> lineListeners;

	private final List<ProcessListener> processListeners;

	private final @Nullable InputStream inputStream;

	/** Whose secrets are hidden as well as its own. */
	private final @Nullable SharedSecrets shared;

	private PendingProcess(ProcessLauncher launcher, ProcessSpec spec, List<OutputListener> outputListeners,
			List<LineListener> lineListeners, List<ProcessListener> processListeners, @Nullable InputStream inputStream,
			@Nullable SharedSecrets shared) {
		this.launcher = launcher;
		this.spec = spec;
		this.outputListeners = outputListeners;
		this.lineListeners = lineListeners;
		this.processListeners = processListeners;
		this.inputStream = inputStream;
		this.shared = shared;
	}

	/**
	 * A process from data; users call {@code ProcessManager.pending(spec)}.
	 * @param launcher what starts it
	 * @param spec what to run
	 * @return a pending process without listeners
	 */
	public static PendingProcess of(ProcessLauncher launcher, ProcessSpec spec) {
		return new PendingProcess(launcher, spec, List.of(), List.of(), List.of(), null, null);
	}

	/**
	 * Return processes that belong together, such as the members of a pool, so that the
	 * secrets of each are hidden in the messages, log lines and events of all. The stages
	 * of a pipeline and the members of a pool are such processes by themselves.
	 * @param members the processes
	 * @return as many, in the same order
	 */
	public static List<PendingProcess> sharingSecrets(List<PendingProcess> members) {
		// only what tells the secrets: results keep it, and input can be large
		SharedSecrets shared = new SharedSecrets(members.stream()
			.map((member) -> ProcessSpec.builder(member.command()).environment(member.spec.environment()).build())
			.toList());
		return members.stream().map((member) -> member.sharing(shared)).toList();
	}

	private PendingProcess sharing(SharedSecrets secrets) {
		ProcessSpec redacted = this.spec.toBuilder()
			.command(command().redactedBy(command().redactor().hiding(secrets)))
			.build();
		return new PendingProcess(this.launcher, redacted, this.outputListeners, this.lineListeners,
				this.processListeners, this.inputStream, secrets);
	}

	private PendingProcess with(UnaryOperator<ProcessSpec.Builder> change) {
		return new PendingProcess(this.launcher, change.apply(this.spec.toBuilder()).build(), this.outputListeners,
				this.lineListeners, this.processListeners, this.inputStream, this.shared);
	}

	/**
	 * What it is called in logs, events and metrics. Names become metric tags: use few.
	 * @param name the name; by default the program's file name
	 * @return a new pending process
	 */
	public PendingProcess name(String name) {
		return with((builder) -> builder.name(name));
	}

	/**
	 * A free word to find it by.
	 * @param tag the word
	 * @return a new pending process
	 */
	public PendingProcess tag(String tag) {
		return with((builder) -> builder.tag(tag));
	}

	/**
	 * Working directory; by default the JVM's.
	 * @param directory an existing directory, checked at the start
	 * @return a new pending process
	 */
	public PendingProcess directory(Path directory) {
		return with((builder) -> builder.directory(directory));
	}

	/**
	 * Sets an environment variable. A {@code PATH} set here is where the program is
	 * looked up.
	 * @param name not empty, without {@code =} and NUL
	 * @param value its value; empty is a value
	 * @return a new pending process
	 * @throws IllegalArgumentException if the name or the value cannot be
	 */
	public PendingProcess env(String name, String value) {
		return with((builder) -> builder.env(name, value));
	}

	/**
	 * Sets environment variables, keeping those set before.
	 * @param variables values by name
	 * @return a new pending process
	 * @throws IllegalArgumentException if a name or a value cannot be
	 */
	public PendingProcess env(Map<String, String> variables) {
		return with((builder) -> builder.env(variables));
	}

	/**
	 * Removes an environment variable.
	 * @param name its name
	 * @return a new pending process
	 */
	public PendingProcess unsetEnv(String name) {
		return with((builder) -> builder.unsetEnv(name));
	}

	/**
	 * Whether the environment starts from the JVM's (the default) or empty.
	 * @param inherit whether it is inherited
	 * @return a new pending process
	 */
	public PendingProcess inheritEnv(boolean inherit) {
		return with((builder) -> builder.inheritEnv(inherit));
	}

	/**
	 * Sets an environment variable whose value is shown nowhere.
	 * @param name its name
	 * @param value its value
	 * @return a new pending process
	 */
	public PendingProcess secretEnv(String name, Secret value) {
		return with((builder) -> builder.secretEnv(name, value));
	}

	/**
	 * Appends an argument whose value is shown nowhere by this library. Other users of
	 * the machine can read it in the process list while the process runs:
	 * {@link #secretEnv} is safer.
	 * @param value the argument
	 * @return a new pending process
	 */
	public PendingProcess secretArg(Secret value) {
		return with((builder) -> builder.command(this.spec.command().withArgument(value)));
	}

	/**
	 * Replace the command and keep everything else.
	 * @param program name, looked up in {@code PATH}, or path of the executable
	 * @param arguments each one argument whatever it holds
	 * @return a new pending process
	 * @throws IllegalArgumentException if the program is empty or something holds a NUL
	 */
	public PendingProcess command(String program, String... arguments) {
		return command(Command.of(program, arguments));
	}

	/**
	 * Replace the command and keep everything else.
	 * @param arguments the program, then its arguments
	 * @return a new pending process
	 * @throws IllegalArgumentException if the list or the program is empty, or something
	 * holds a NUL
	 */
	public PendingProcess command(List<String> arguments) {
		return command(Command.of(arguments));
	}

	private PendingProcess command(Command other) {
		return with((builder) -> builder.command(other.redactedBy(command().redactor())));
	}

	/**
	 * Append arguments to those of the command.
	 * @param arguments each one argument whatever it holds
	 * @return a new pending process
	 * @throws IllegalArgumentException if something holds a NUL
	 */
	public PendingProcess args(String... arguments) {
		Command longer = command();
		for (String argument : arguments) {
			longer = longer.withArgument(argument);
		}
		Command changed = longer;
		return with((builder) -> builder.command(changed));
	}

	/**
	 * Bound on the whole run. At its end the whole tree gets the stop signal, after the
	 * grace KILL.
	 * @param timeout positive
	 * @return a new pending process
	 * @throws IllegalArgumentException if it is zero or negative
	 */
	public PendingProcess timeout(Duration timeout) {
		return with((builder) -> builder.timeout(timeout));
	}

	/**
	 * Bound on silence: how long it may write nothing to either stream. While a listener
	 * is at work the silence is not the process's and does not count.
	 * @param timeout positive
	 * @return a new pending process
	 * @throws IllegalArgumentException if it is zero or negative
	 */
	public PendingProcess idleTimeout(Duration timeout) {
		return with((builder) -> builder.idleTimeout(timeout));
	}

	/**
	 * No bound on silence.
	 * @return a new pending process
	 */
	public PendingProcess noIdleTimeout() {
		return with(ProcessSpec.Builder::noIdleTimeout);
	}

	/**
	 * No bound on the whole run. An idle timeout still holds.
	 * @return a new pending process
	 */
	public PendingProcess noTimeout() {
		return with(ProcessSpec.Builder::noTimeout);
	}

	/**
	 * Text for standard input, in UTF-8, then end-of-file.
	 * @param text the text, added to by nothing
	 * @return a new pending process
	 */
	public PendingProcess input(String text) {
		return input(ProcessInput.of(text));
	}

	/**
	 * Bytes for standard input, then end-of-file.
	 * @param bytes the bytes, copied
	 * @return a new pending process
	 */
	public PendingProcess input(byte[] bytes) {
		return input(ProcessInput.of(bytes));
	}

	/**
	 * A file as standard input, which the process reads itself.
	 * @param file a readable file, checked at the start
	 * @return a new pending process
	 */
	public PendingProcess input(Path file) {
		return input(ProcessInput.of(file));
	}

	/**
	 * Data for standard input.
	 * @param input what it reads
	 * @return a new pending process
	 */
	public PendingProcess input(ProcessInput input) {
		PendingProcess changed = with((builder) -> builder.input(input));
		return new PendingProcess(this.launcher, changed.spec, this.outputListeners, this.lineListeners,
				this.processListeners, null, this.shared);
	}

	/**
	 * A stream for standard input. A pump reads it to its end, or until the process reads
	 * no more, and closes it; if it blocks then, the pump is interrupted. What it has
	 * read is passed on at once if nothing more is ready, as in a dialogue over a socket.
	 * If the process never starts, the stream is left alone. A stream can be read once:
	 * this pending process is then no template. For {@code System.in} see
	 * {@link #inheritInput()}.
	 * @param stream the stream
	 * @return a new pending process
	 */
	public PendingProcess input(InputStream stream) {
		PendingProcess changed = with((builder) -> builder.input(null));
		return new PendingProcess(this.launcher, changed.spec, this.outputListeners, this.lineListeners,
				this.processListeners, stream, this.shared);
	}

	/**
	 * Let it share the standard input of the JVM, as a program that is started by a shell
	 * script does. What it reads, the JVM and other processes do not get; what
	 * {@code System.in} has buffered already is lost to it. In contrast,
	 * {@code input(System.in)} reads ahead: what the process does not read is lost to
	 * all.
	 * @return a new pending process
	 * @see #tty()
	 */
	public PendingProcess inheritInput() {
		return input(ProcessInput.inherited());
	}

	/**
	 * Adds a listener to the chunks of its output as they come.
	 * @param listener is told, on a pump
	 * @return a new pending process
	 */
	public PendingProcess onOutput(OutputListener listener) {
		return new PendingProcess(this.launcher, this.spec, append(this.outputListeners, listener), this.lineListeners,
				this.processListeners, this.inputStream, this.shared);
	}

	/**
	 * Adds a listener to the lines of its output.
	 * @param listener is told, on a pump
	 * @return a new pending process
	 */
	public PendingProcess onLine(LineListener listener) {
		return new PendingProcess(this.launcher, this.spec, this.outputListeners, append(this.lineListeners, listener),
				this.processListeners, this.inputStream, this.shared);
	}

	/**
	 * Add a callback for each line of standard output; short for {@link #onLine}. Called
	 * as an {@link OutputListener} is.
	 * @param callback receives the line without its end
	 * @return a new pending process
	 */
	public PendingProcess onOutput(Consumer<String> callback) {
		return onLine(OutputType.OUTPUT, callback);
	}

	/**
	 * Add a callback for each line of standard error; short for {@link #onLine}. Called
	 * as an {@link OutputListener} is.
	 * @param callback receives the line without its end
	 * @return a new pending process
	 */
	public PendingProcess onError(Consumer<String> callback) {
		return onLine(OutputType.ERROR, callback);
	}

	private PendingProcess onLine(OutputType wanted, Consumer<String> callback) {
		Objects.requireNonNull(callback, "callback");
		return onLine((type, line) -> {
			if (type == wanted) {
				callback.accept(line);
			}
		});
	}

	/**
	 * Add a callback for the time before each start of this process: see
	 * {@link ProcessListener#beforeStart}. One that throws vetoes the start.
	 * @param callback is called on the thread that starts the process
	 * @return a new pending process
	 */
	public PendingProcess beforeStart(Consumer<ProcessStarting> callback) {
		Objects.requireNonNull(callback, "callback");
		return listener(new ProcessListener() {

			@Override
			public void beforeStart(ProcessStarting event) {
				callback.accept(event);
			}

			@Override
			public void onEvent(ProcessEvent event) {
				// its start alone matters
			}

		});
	}

	/**
	 * Add a callback for the time after each start of this process.
	 * @param callback is called on the event thread of the manager
	 * @return a new pending process
	 */
	public PendingProcess afterStart(Consumer<ProcessStarted> callback) {
		return after(ProcessStarted.class, callback);
	}

	/**
	 * Add a callback for the time before this process gets the first signal of a stop
	 * that was requested: see {@link ProcessListener#beforeStop}. Not called if the
	 * process ends by itself, is killed, or is ended by a timeout, a limit, or the close
	 * of the manager.
	 * @param callback is called on a thread of the manager; the stop waits for it, at
	 * most for the {@code before-stop-timeout}
	 * @return a new pending process
	 */
	public PendingProcess beforeStop(Consumer<ProcessStopping> callback) {
		Objects.requireNonNull(callback, "callback");
		return listener(new ProcessListener() {

			@Override
			public void beforeStop(ProcessStopping event) {
				callback.accept(event);
			}

			@Override
			public void onEvent(ProcessEvent event) {
				// its stop alone matters
			}

		});
	}

	/**
	 * Add a callback for the time after this process has ended, whether it was stopped or
	 * not; {@link ProcessExited#cause()} tells.
	 * @param callback is called on the event thread of the manager
	 * @return a new pending process
	 */
	public PendingProcess afterStop(Consumer<ProcessExited> callback) {
		return after(ProcessExited.class, callback);
	}

	private <E extends ProcessEvent> PendingProcess after(Class<E> type, Consumer<E> callback) {
		Objects.requireNonNull(callback, "callback");
		return listener((event) -> {
			if (type.isInstance(event)) {
				callback.accept(type.cast(event));
			}
		});
	}

	private PendingProcess listener(ProcessListener listener) {
		return new PendingProcess(this.launcher, this.spec, this.outputListeners, this.lineListeners,
				append(this.processListeners, listener), this.inputStream, this.shared);
	}

	private static <T> List<T> append(List<T> list, T element) {
		List<T> appended = new ArrayList<>(list);
		appended.add(element);
		return List.copyOf(appended);
	}

	/**
	 * Keeps no output: {@code output()} is empty. Listeners are still called. Without any
	 * the process writes to the null device.
	 * @return a new pending process
	 */
	public PendingProcess quietly() {
		return with(ProcessSpec.Builder::quietly);
	}

	/**
	 * Let the caller read standard output at its own pace, by
	 * {@link RunningProcess#stdout()} or {@link RunningProcess#lines()}: for output that
	 * is too large for memory, or for a parser that needs a stream. The process waits
	 * while the reader is slow. Standard output is not captured, listeners receive only
	 * standard error, and {@code procession.defaults.output-limit} does not hold.
	 * Timeouts, idle timeouts and {@link #outputLimit(long)} hold; the time that the
	 * reader takes is no silence. Only {@link #start()} can start it.
	 * @return a new pending process
	 * @throws IllegalArgumentException if standard output goes to a file or a terminal
	 */
	public PendingProcess pullOutput() {
		return with(ProcessSpec.Builder::pullOutput);
	}

	/**
	 * Sends standard error where standard output goes, in the order it is written.
	 * @return a new pending process
	 */
	public PendingProcess mergeErrorOutput() {
		return with(ProcessSpec.Builder::mergeErrorOutput);
	}

	/**
	 * Writes standard output to a file, emptied first. The process writes it itself and
	 * nothing is kept in memory, whatever {@link #keepLast(long)} says; with a listener
	 * or an idle timeout it goes through the JVM, to the listener and to the file. With
	 * {@link #runAs(RunAs)} the file is opened with the rights of that user, and a start
	 * whose output would also go through the JVM fails.
	 * @param file the file; its folder must exist at the start
	 * @return a new pending process
	 */
	public PendingProcess outputTo(Path file) {
		return with((builder) -> builder.outputTo(file));
	}

	/**
	 * Appends standard output to a file; otherwise as {@link #outputTo(Path)}.
	 * @param file the file; its folder must exist at the start
	 * @return a new pending process
	 */
	public PendingProcess appendOutputTo(Path file) {
		return with((builder) -> builder.appendOutputTo(file));
	}

	/**
	 * Writes standard error to a file, as {@link #outputTo(Path)} does standard output.
	 * @param file the file; its folder must exist at the start
	 * @return a new pending process
	 */
	public PendingProcess errorOutputTo(Path file) {
		return with((builder) -> builder.errorOutputTo(file));
	}

	/**
	 * Appends standard error to a file; otherwise as {@link #errorOutputTo(Path)}.
	 * @param file the file; its folder must exist at the start
	 * @return a new pending process
	 */
	public PendingProcess appendErrorOutputTo(Path file) {
		return with((builder) -> builder.appendErrorOutputTo(file));
	}

	/**
	 * How bytes become text; UTF-8 unless said otherwise. Malformed bytes are replaced.
	 * @param charset the charset
	 * @return a new pending process
	 */
	public PendingProcess charset(Charset charset) {
		return with((builder) -> builder.charset(charset));
	}

	/**
	 * Stops the process once both streams together have brought more bytes than this.
	 * @param bytes not negative
	 * @return a new pending process
	 */
	public PendingProcess outputLimit(long bytes) {
		return with((builder) -> builder.outputLimit(bytes));
	}

	/**
	 * Keeps only the last bytes of each stream in memory. A stream that goes to a file is
	 * not kept at all, and its file gets everything.
	 * @param bytes not negative
	 * @return a new pending process
	 */
	public PendingProcess keepLast(long bytes) {
		return with((builder) -> builder.keepLast(bytes));
	}

	/**
	 * Exit codes that count as success, instead of 0.
	 * @param codes 0 to 255 each
	 * @return a new pending process
	 */
	public PendingProcess successExitCodes(int... codes) {
		return with((builder) -> builder.successExitCodes(codes));
	}

	/**
	 * What asks it to end; TERM unless said otherwise. QUIT needs {@code env(1)} of
	 * coreutils 8.31 or later on JDKs before 25, whose children start with it blocked.
	 * @param signal a signal that ends processes
	 * @return a new pending process
	 */
	public PendingProcess stopSignal(Signal signal) {
		return with((builder) -> builder.stopSignal(signal));
	}

	/**
	 * Set the signals that it ignores from its start on, as {@code nohup(1)} does with
	 * HUP; see {@code signal(7)}. What it starts ignores them, too. Linux only:
	 * {@code env(1)} of coreutils 8.31 or later.
	 * @param signals any but KILL and STOP; none for the default
	 * @return a new pending process
	 * @throws IllegalArgumentException if no process can ignore one of them
	 */
	public PendingProcess ignoreSignals(Signal... signals) {
		return with((builder) -> builder.ignoreSignals(signals));
	}

	/**
	 * How long it has to end after the stop signal, before KILL; by default 2 s after a
	 * timeout and 10 s after a {@link RunningProcess#stop() stop}.
	 * @param grace not negative; zero means KILL at once
	 * @return a new pending process
	 */
	public PendingProcess stopGrace(Duration grace) {
		return with((builder) -> builder.stopGrace(grace));
	}

	/**
	 * How long to wait for the end of its output after its exit, since something it left
	 * behind may hold the stream open; 1 s unless said otherwise. The time that listeners
	 * take does not count.
	 * @param drain not negative
	 * @return a new pending process
	 */
	public PendingProcess drain(Duration drain) {
		return with((builder) -> builder.drain(drain));
	}

	/**
	 * Lets it outlive the manager and the JVM, in a session of its own where the system
	 * has {@code setsid(1)}. It reads the null device, and its output goes to files or
	 * nowhere. It takes no permit of the concurrency limit. {@link RunningProcess#stop()}
	 * still ends it.
	 * @return a new pending process
	 */
	public PendingProcess detached() {
		return with(ProcessSpec.Builder::detached);
	}

	/**
	 * Lets it use the terminal that the JVM was started from, for programs that talk to a
	 * person: an editor, {@code ssh}, {@code less}. Nothing of what it reads and writes
	 * passes through here: its result has no output, and it can have no listeners.
	 * @return a new pending process
	 * @throws IllegalArgumentException if input or output were redirected
	 */
	public PendingProcess tty() {
		return with((builder) -> builder.terminal(Terminal.inherited()));
	}

	/**
	 * Gives it a pseudoterminal, for programs that behave differently on one: colours,
	 * prompts, no buffering. Output and error output are one stream, its lines end with
	 * {@code \r\n}, and it echoes what is typed unless the program switches that off. The
	 * end of the input is typed as Ctrl-D. Needs {@code org.jetbrains.pty4j:pty4j} on the
	 * class path; Linux, macOS untested.
	 * @param columns characters in a line, 1 to 65535
	 * @param rows lines, 1 to 65535
	 * @return a new pending process
	 * @throws IllegalArgumentException if a number is out of range, or error output was
	 * redirected
	 * @see RunningProcess#resize(int, int)
	 */
	public PendingProcess pty(int columns, int rows) {
		return with((builder) -> builder.terminal(Terminal.pseudo(columns, rows)));
	}

	/**
	 * Run it as another user. HOME, USER, LOGNAME and SHELL follow, unless they are set
	 * or unset here. The process leads a session of its own, out of reach of the JVM's
	 * terminal, unless it is given that terminal by {@link #tty()}. Needs a JVM that may
	 * switch users. Linux only: {@code setpriv(1)}.
	 * @param user the user and the groups
	 * @return a new pending process
	 */
	public PendingProcess runAs(RunAs user) {
		return with((builder) -> builder.runAs(user));
	}

	/**
	 * What it may use, and each that it starts again as much. Linux only:
	 * {@code prlimit(1)}.
	 * @param limits the limits
	 * @return a new pending process
	 */
	public PendingProcess limits(ResourceLimits limits) {
		return with((builder) -> builder.limits(limits));
	}

	/**
	 * What it and all that it starts may use together. Linux only, and only where
	 * {@link IsolationSupport} says so: {@code cgroups(7)}, version 2.
	 * @param limits the limits
	 * @return a new pending process
	 */
	public PendingProcess treeLimits(TreeLimits limits) {
		return with((builder) -> builder.treeLimits(limits));
	}

	/**
	 * Who comes first where CPU and disks are short. Linux only: {@code nice(1)},
	 * {@code ionice(1)}, {@code chrt(1)}.
	 * @param priority the priority
	 * @return a new pending process
	 */
	public PendingProcess priority(Priority priority) {
		return with((builder) -> builder.priority(priority));
	}

	/**
	 * The CPUs that it may run on. Linux only: {@code taskset(1)}.
	 * @param cpus numbers, from 0; none for all
	 * @return a new pending process
	 */
	public PendingProcess cpuAffinity(int... cpus) {
		return with((builder) -> builder.cpuAffinity(cpus));
	}

	/**
	 * Who is killed first when the machine runs out of memory. Linux only:
	 * {@code choom(1)}.
	 * @param value -1000 (never) to 1000 (first)
	 * @return a new pending process
	 */
	public PendingProcess oomScoreAdjustment(int value) {
		return with((builder) -> builder.oomScoreAdjustment(value));
	}

	/**
	 * Permissions that its new files do not get. Linux only: {@code umask(2)}.
	 * @param umask octal with a leading zero, such as {@code 0027}
	 * @return a new pending process
	 * @throws IllegalArgumentException if it is something else
	 */
	public PendingProcess umask(String umask) {
		return with((builder) -> builder.umask(umask));
	}

	/**
	 * Lets set-user-ID programs, such as {@code sudo}, give it no more privilege. Linux
	 * only: {@code setpriv(1)}.
	 * @return a new pending process
	 */
	public PendingProcess noNewPrivileges() {
		return with(ProcessSpec.Builder::noNewPrivileges);
	}

	/**
	 * Lets it lead a session of its own, which the JVM's terminal and its Ctrl-C do not
	 * reach. Linux only: {@code setsid(1)}.
	 * @return a new pending process
	 */
	public PendingProcess newSession() {
		return with(ProcessSpec.Builder::newSession);
	}

	/**
	 * Everything about its isolation at once, instead of what was said before.
	 * @param isolation who runs it, how separate it is, and how much it may use
	 * @return a new pending process
	 */
	public PendingProcess isolation(Isolation isolation) {
		return with((builder) -> builder.isolation(isolation));
	}

	/**
	 * Changes it only under a condition.
	 * @param condition whether to change it
	 * @param customizer makes a changed one
	 * @return the changed one, or this
	 */
	public PendingProcess when(boolean condition, UnaryOperator<PendingProcess> customizer) {
		return condition ? customizer.apply(this) : this;
	}

	/**
	 * Change it unless a condition holds.
	 * @param condition whether to leave it as it is
	 * @param customizer makes a changed one
	 * @return the changed one, or this
	 */
	public PendingProcess unless(boolean condition, UnaryOperator<PendingProcess> customizer) {
		return when(!condition, customizer);
	}

	/**
	 * Apply changes that are kept in one place, such as those of all calls of a tool.
	 * @param customizer makes a changed one
	 * @return the changed one
	 */
	public PendingProcess apply(UnaryOperator<PendingProcess> customizer) {
		return customizer.apply(this);
	}

	/**
	 * Makes it the first stage of a pipeline.
	 * @param program the second stage's program, name or path
	 * @param arguments its arguments
	 * @return a pipeline of two stages
	 * @throws IllegalArgumentException if the program is empty or something holds a NUL
	 */
	public Pipeline pipe(String program, String... arguments) {
		return Pipeline.of(this.launcher).pipe(this).pipe(program, arguments);
	}

	/**
	 * Makes it the first stage of a pipeline.
	 * @param next the second stage
	 * @return a pipeline of two stages
	 */
	public Pipeline pipe(PendingProcess next) {
		return Pipeline.of(this.launcher).pipe(this).pipe(next);
	}

	/**
	 * Makes it the first stage of a pipeline whose second is Java.
	 * @param stageName what it is called if it fails
	 * @param stage turns input into output; a program must follow it
	 * @return a pipeline of two stages
	 */
	public Pipeline pipe(String stageName, StreamStage stage) {
		return Pipeline.of(this.launcher).pipe(this).pipe(stageName, stage);
	}

	/**
	 * Runs it and waits for its end. A non-zero exit code is in the result and throws
	 * nothing.
	 * @return its result
	 * @throws io.procession.process.ProcessStartException if it cannot be started
	 * @throws io.procession.process.ProcessDeniedException if a policy or a listener does
	 * not allow it
	 * @throws io.procession.process.ProcessTimedOutException if its time was over, within
	 * timeout, grace and drain
	 * @throws io.procession.process.ProcessOutputLimitException if it wrote too much
	 * @throws io.procession.process.ProcessRejectedException if the manager is closed, or
	 * stayed full for longer than the acquire timeout
	 * @throws io.procession.process.ProcessInterruptedException if this thread was
	 * interrupted; the process was stopped
	 */
	@CanIgnoreReturnValue
	public ProcessResult run() {
		return this.launcher.run(this);
	}

	/**
	 * Starts it and returns. Its timeouts hold though nobody waits. Its standard input
	 * stays open until {@code stdin().close()}, unless input was given.
	 * @return a handle to the live process
	 * @throws io.procession.process.ProcessStartException if it cannot be started
	 * @throws io.procession.process.ProcessDeniedException if a policy or a listener does
	 * not allow it
	 * @throws io.procession.process.ProcessRejectedException if the manager is full or
	 * closed; it does not wait for room
	 */
	@CanIgnoreReturnValue
	public RunningProcess start() {
		return this.launcher.start(this);
	}

	/**
	 * Runs it while nobody waits, with the defaults of {@link #run()}. Does not block,
	 * except for the spawn itself; while the manager is full it waits for its turn
	 * without a thread.
	 * @return its result, or the exception that {@link #run()} would throw; completed on
	 * a thread of the manager. Whoever completes it before, by {@code cancel},
	 * {@code orTimeout}, {@code completeOnTimeout}, {@code complete} or
	 * {@code completeExceptionally}, stops the process with its tree, as an interrupt of
	 * {@code run()} does, and does not wait for that. Canceling a future that depends on
	 * this one stops nothing
	 */
	@CanIgnoreReturnValue
	public CompletableFuture<ProcessResult> runAsync() {
		return this.launcher.runAsync(this);
	}

	/**
	 * Find the file that would be executed, as a start would: with its {@code PATH}, its
	 * directory, and the policy of the manager. Nothing is started and no listener is
	 * called. Looks at this machine, over fakes, too. What is found now may be gone when
	 * it is started.
	 * @return an absolute path, or empty if there is no such program or it may not be
	 * executed
	 * @throws io.procession.process.ProcessDeniedException if the policy does not allow
	 * it
	 * @throws io.procession.process.ProcessStartException if a referenced secret cannot
	 * be read
	 */
	public Optional<Path> executable() {
		return this.launcher.executable(this);
	}

	/**
	 * Everything said here, as data, without listeners and streams.
	 * @return the spec
	 */
	public ProcessSpec toSpec() {
		return this.spec;
	}

	/**
	 * What is to be run.
	 * @return the command
	 */
	public Command command() {
		return this.spec.command();
	}

	List<OutputListener> outputListeners() {
		return this.outputListeners;
	}

	List<LineListener> lineListeners() {
		return this.lineListeners;
	}

	List<ProcessListener> processListeners() {
		return this.processListeners;
	}

	/** The same with its command shown in another way. */
	PendingProcess redactedBy(Redactor redactor) {
		Command redacted = command().redactedBy(redactor);
		return (redacted == command()) ? this : with((builder) -> builder.command(redacted));
	}

	@Nullable SharedSecrets sharedSecrets() {
		return this.shared;
	}

	@Nullable InputStream inputStream() {
		return this.inputStream;
	}

	@Override
	public String toString() {
		return "PendingProcess[" + this.spec.displayName() + ": " + this.spec.command() + "]";
	}

}
