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
import io.procession.execution.output.LineListener;
import io.procession.execution.output.OutputListener;
import io.procession.isolation.Isolation;
import io.procession.isolation.IsolationSupport;
import io.procession.isolation.Priority;
import io.procession.isolation.ResourceLimits;
import io.procession.isolation.RunAs;
import io.procession.isolation.TreeLimits;
import io.procession.lang.CanIgnoreReturnValue;
import io.procession.lang.CheckReturnValue;
import io.procession.process.Command;
import io.procession.process.Origin;
import io.procession.process.OutputType;
import io.procession.process.ProcessInput;
import io.procession.process.ProcessResult;
import io.procession.process.ProcessSpec;
import io.procession.process.Secret;
import io.procession.process.Signal;
import io.procession.process.Terminal;
import io.procession.security.Redactor;

/**
 * A process that has not been started: a command and the options of its execution.
 *
 * <p>
 * Each method returns a new instance, so that an instance can be kept as a template and
 * shared between threads. Options that are not set have the manager's defaults:
 * {@link #run()} has a timeout of 60 s and {@link #start()} has none; standard output and
 * standard error are captured separately and completely; the environment is inherited
 * from the JVM; text is encoded in UTF-8. <i>Immutable, and thread-safe</i> as far as its
 * listeners are.
 */
@CheckReturnValue
public final class PendingProcess {

	private final ProcessLauncher launcher;

	private final ProcessSpec spec;

	private final List<OutputListener> outputListeners;

	private final List<LineListener> lineListeners;

	private final List<ProcessListener> processListeners;

	private final @Nullable InputStream inputStream;

	/** Secrets of related processes, which are redacted in addition to its own. */
	private final @Nullable SharedSecrets shared;

	private final Origin origin;

	private PendingProcess(ProcessLauncher launcher, ProcessSpec spec, List<OutputListener> outputListeners,
			List<LineListener> lineListeners, List<ProcessListener> processListeners, @Nullable InputStream inputStream,
			@Nullable SharedSecrets shared, Origin origin) {
		this.launcher = launcher;
		this.spec = spec;
		this.outputListeners = outputListeners;
		this.lineListeners = lineListeners;
		this.processListeners = processListeners;
		this.inputStream = inputStream;
		this.shared = shared;
		this.origin = origin;
	}

	/**
	 * Create a pending process from a spec. Applications call
	 * {@code ProcessManager.pending(spec)} instead.
	 * @param launcher the launcher that starts the process
	 * @param spec the definition of the process
	 * @return a pending process without listeners
	 */
	public static PendingProcess of(ProcessLauncher launcher, ProcessSpec spec) {
		return new PendingProcess(launcher, spec, List.of(), List.of(), List.of(), null, null, Origin.call());
	}

	/**
	 * Return copies of related processes, such as the members of a pool, so that the
	 * secrets of each process are redacted in the messages, log lines and events of all.
	 * The stages of a pipeline and the members of a pool share their secrets
	 * automatically.
	 * @param members the processes
	 * @return the copies, in the same order
	 */
	public static List<PendingProcess> sharingSecrets(List<PendingProcess> members) {
		// only what is needed to find the secrets: results retain it, and input can be
		// large
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
				this.processListeners, this.inputStream, secrets, this.origin);
	}

	private PendingProcess with(UnaryOperator<ProcessSpec.Builder> change) {
		return new PendingProcess(this.launcher, change.apply(this.spec.toBuilder()).build(), this.outputListeners,
				this.lineListeners, this.processListeners, this.inputStream, this.shared, this.origin);
	}

	/**
	 * Set the name of the process in logs, events and metrics. Names become metric tags:
	 * use a small number of them.
	 * @param name the name; by default the program's file name
	 * @return a new pending process
	 */
	public PendingProcess name(String name) {
		return with((builder) -> builder.name(name));
	}

	/**
	 * Set a free-form tag by which the process can be found.
	 * @param tag the tag
	 * @return a new pending process
	 */
	public PendingProcess tag(String tag) {
		return with((builder) -> builder.tag(tag));
	}

	/**
	 * Set what the process is started for, which is part of its events. The default is
	 * {@link Origin#call()}.
	 * @param value the origin, which must not contain secrets
	 * @return a new pending process
	 */
	public PendingProcess origin(Origin value) {
		return new PendingProcess(this.launcher, this.spec, this.outputListeners, this.lineListeners,
				this.processListeners, this.inputStream, this.shared, Objects.requireNonNull(value, "origin"));
	}

	/**
	 * Set the working directory. The default is that of the JVM.
	 * @param directory an existing directory, checked at the start
	 * @return a new pending process
	 */
	public PendingProcess directory(Path directory) {
		return with((builder) -> builder.directory(directory));
	}

	/**
	 * Set an environment variable. If {@code PATH} is set here, the program is looked up
	 * in it.
	 * @param name the name, not empty, without {@code =} and NUL
	 * @param value the value, which may be empty
	 * @return a new pending process
	 * @throws IllegalArgumentException if the name or the value is invalid
	 */
	public PendingProcess env(String name, String value) {
		return with((builder) -> builder.env(name, value));
	}

	/**
	 * Set environment variables in addition to those that are already set.
	 * @param variables the values by name
	 * @return a new pending process
	 * @throws IllegalArgumentException if a name or a value is invalid
	 */
	public PendingProcess env(Map<String, String> variables) {
		return with((builder) -> builder.env(variables));
	}

	/**
	 * Remove an environment variable.
	 * @param name the name
	 * @return a new pending process
	 */
	public PendingProcess unsetEnv(String name) {
		return with((builder) -> builder.unsetEnv(name));
	}

	/**
	 * Set whether to inherit the environment of the JVM (the default) or to start from an
	 * empty environment.
	 * @param inherit whether to inherit the environment
	 * @return a new pending process
	 */
	public PendingProcess inheritEnv(boolean inherit) {
		return with((builder) -> builder.inheritEnv(inherit));
	}

	/**
	 * Set an environment variable whose value is always redacted.
	 * @param name the name
	 * @param value the value
	 * @return a new pending process
	 */
	public PendingProcess secretEnv(String name, Secret value) {
		return with((builder) -> builder.secretEnv(name, value));
	}

	/**
	 * Append an argument whose value is always redacted by this library. Other users of
	 * the machine can read it in the process list while the process is running: prefer
	 * {@link #secretEnv}.
	 * @param value the argument
	 * @return a new pending process
	 */
	public PendingProcess secretArg(Secret value) {
		return with((builder) -> builder.command(this.spec.command().withArgument(value)));
	}

	/**
	 * Replace the command and keep all other options.
	 * @param program the name, which is looked up in {@code PATH}, or the path of the
	 * executable
	 * @param arguments the arguments, each passed as is
	 * @return a new pending process
	 * @throws IllegalArgumentException if the program is empty, or the program or an
	 * argument contains a NUL
	 */
	public PendingProcess command(String program, String... arguments) {
		return command(Command.of(program, arguments));
	}

	/**
	 * Replace the command and keep all other options.
	 * @param arguments the program, then its arguments
	 * @return a new pending process
	 * @throws IllegalArgumentException if the list or the program is empty, or an element
	 * contains a NUL
	 */
	public PendingProcess command(List<String> arguments) {
		return command(Command.of(arguments));
	}

	private PendingProcess command(Command other) {
		return with((builder) -> builder.command(other.redactedBy(command().redactor())));
	}

	/**
	 * Append arguments to the command.
	 * @param arguments the arguments, each passed as is
	 * @return a new pending process
	 * @throws IllegalArgumentException if an argument contains a NUL
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
	 * Set the maximum duration of the execution. When it has elapsed, the stop signal is
	 * sent to the whole process tree, followed by KILL after the grace period.
	 * @param timeout the timeout, positive
	 * @return a new pending process
	 * @throws IllegalArgumentException if the timeout is zero or negative
	 */
	public PendingProcess timeout(Duration timeout) {
		return with((builder) -> builder.timeout(timeout));
	}

	/**
	 * Set the maximum time without output on either stream. The time during which a
	 * listener is executing does not count.
	 * @param timeout the idle timeout, positive
	 * @return a new pending process
	 * @throws IllegalArgumentException if the timeout is zero or negative
	 */
	public PendingProcess idleTimeout(Duration timeout) {
		return with((builder) -> builder.idleTimeout(timeout));
	}

	/**
	 * Disable the idle timeout.
	 * @return a new pending process
	 */
	public PendingProcess noIdleTimeout() {
		return with(ProcessSpec.Builder::noIdleTimeout);
	}

	/**
	 * Disable the timeout of the execution. An idle timeout still applies.
	 * @return a new pending process
	 */
	public PendingProcess noTimeout() {
		return with(ProcessSpec.Builder::noTimeout);
	}

	/**
	 * Set the text that is written to standard input, in UTF-8, followed by end-of-file.
	 * @param text the text, written as is
	 * @return a new pending process
	 */
	public PendingProcess input(String text) {
		return input(ProcessInput.of(text));
	}

	/**
	 * Set the bytes that are written to standard input, followed by end-of-file.
	 * @param bytes the bytes, which are copied
	 * @return a new pending process
	 */
	public PendingProcess input(byte[] bytes) {
		return input(ProcessInput.of(bytes));
	}

	/**
	 * Redirect standard input from a file, which the process reads directly.
	 * @param file a readable file, checked at the start
	 * @return a new pending process
	 */
	public PendingProcess input(Path file) {
		return input(ProcessInput.of(file));
	}

	/**
	 * Set the data for standard input.
	 * @param input the input
	 * @return a new pending process
	 */
	public PendingProcess input(ProcessInput input) {
		PendingProcess changed = with((builder) -> builder.input(input));
		return new PendingProcess(this.launcher, changed.spec, this.outputListeners, this.lineListeners,
				this.processListeners, null, this.shared, this.origin);
	}

	/**
	 * Set the stream that is copied to standard input. A pump reads it to its end, or
	 * until the process no longer reads, and closes it. If the stream blocks at that
	 * point, the pump is interrupted. Data is forwarded immediately when no more is
	 * available, as a dialogue over a socket requires. If the process is never started,
	 * the stream is neither read nor closed. A stream can be read only once, so that this
	 * pending process cannot be used as a template. For {@code System.in}, see
	 * {@link #inheritInput()}.
	 * @param stream the stream
	 * @return a new pending process
	 */
	public PendingProcess input(InputStream stream) {
		PendingProcess changed = with((builder) -> builder.input(null));
		return new PendingProcess(this.launcher, changed.spec, this.outputListeners, this.lineListeners,
				this.processListeners, stream, this.shared, this.origin);
	}

	/**
	 * Let the process share the standard input of the JVM, like a program that is started
	 * by a shell script. Data that the process reads is not available to the JVM and to
	 * other processes, and data that {@code System.in} has already buffered is not
	 * available to the process. In contrast, {@code input(System.in)} reads ahead: data
	 * that the process does not read is lost to all.
	 * @return a new pending process
	 * @see #tty()
	 */
	public PendingProcess inheritInput() {
		return input(ProcessInput.inherited());
	}

	/**
	 * Add a listener for chunks of output as they arrive.
	 * @param listener the listener, called on a pump thread
	 * @return a new pending process
	 */
	public PendingProcess onOutput(OutputListener listener) {
		return new PendingProcess(this.launcher, this.spec, append(this.outputListeners, listener), this.lineListeners,
				this.processListeners, this.inputStream, this.shared, this.origin);
	}

	/**
	 * Add a listener for lines of output.
	 * @param listener the listener, called on a pump thread
	 * @return a new pending process
	 */
	public PendingProcess onLine(LineListener listener) {
		return new PendingProcess(this.launcher, this.spec, this.outputListeners, append(this.lineListeners, listener),
				this.processListeners, this.inputStream, this.shared, this.origin);
	}

	/**
	 * Add a callback for each line of standard output. This is a shortcut for
	 * {@link #onLine}. The callback is invoked under the same conditions as an
	 * {@link OutputListener}.
	 * @param callback receives the line without its terminator
	 * @return a new pending process
	 */
	public PendingProcess onOutput(Consumer<String> callback) {
		return onLine(OutputType.OUTPUT, callback);
	}

	/**
	 * Add a callback for each line of standard error. This is a shortcut for
	 * {@link #onLine}. The callback is invoked under the same conditions as an
	 * {@link OutputListener}.
	 * @param callback receives the line without its terminator
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
	 * Add a callback to be invoked before each start of this process; see
	 * {@link ProcessListener#beforeStart}. A callback that throws an exception vetoes the
	 * start.
	 * @param callback the callback, invoked on the thread that starts the process
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
				// only the veto is needed
			}

		});
	}

	/**
	 * Add a callback to be invoked after each start of this process.
	 * @param callback the callback, invoked on the event thread of the manager
	 * @return a new pending process
	 */
	public PendingProcess afterStart(Consumer<ProcessStarted> callback) {
		return after(ProcessStarted.class, callback);
	}

	/**
	 * Add a callback to be invoked when a stop of this process was requested, before the
	 * first signal is sent; see {@link ProcessListener#beforeStop}. It is not invoked if
	 * the process ends by itself, is killed, or is ended by a timeout, a limit, or the
	 * closing of the manager.
	 * @param callback the callback, invoked on a thread of the manager; the stop waits
	 * for it, at most for the {@code before-stop-timeout}
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
				// only the request to stop is needed
			}

		});
	}

	/**
	 * Add a callback to be invoked after this process has ended, whether or not it was
	 * stopped; see {@link ProcessExited#cause()}.
	 * @param callback the callback, invoked on the event thread of the manager
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
				append(this.processListeners, listener), this.inputStream, this.shared, this.origin);
	}

	private static <T> List<T> append(List<T> list, T element) {
		List<T> appended = new ArrayList<>(list);
		appended.add(element);
		return List.copyOf(appended);
	}

	/**
	 * Disable the capture of output: {@code output()} is empty. Listeners are still
	 * called. Without listeners, the process writes to the null device.
	 * @return a new pending process
	 */
	public PendingProcess quietly() {
		return with(ProcessSpec.Builder::quietly);
	}

	/**
	 * Let the caller read standard output at its own pace, by
	 * {@link RunningProcess#stdout()} or {@link RunningProcess#lines()}. Use this for
	 * output that is too large for memory, or for a parser that needs a stream. The
	 * process blocks while the reader is slow. Standard output is not captured, listeners
	 * receive only standard error, and {@code procession.defaults.output-limit} does not
	 * apply. Timeouts, idle timeouts and {@link #outputLimit(long)} apply; the time that
	 * the reader takes does not count towards the idle timeout. Such a process can only
	 * be started by {@link #start()}.
	 * @return a new pending process
	 * @throws IllegalArgumentException if standard output is redirected to a file or a
	 * terminal
	 */
	public PendingProcess pullOutput() {
		return with(ProcessSpec.Builder::pullOutput);
	}

	/**
	 * Redirect standard error to standard output, in the order in which it is written.
	 * @return a new pending process
	 */
	public PendingProcess mergeErrorOutput() {
		return with(ProcessSpec.Builder::mergeErrorOutput);
	}

	/**
	 * Redirect standard output to a file, which is truncated first. The process writes to
	 * the file directly and nothing is kept in memory, regardless of
	 * {@link #keepLast(long)}. With a listener or an idle timeout, the output passes
	 * through the JVM, to the listener and to the file. With {@link #runAs(RunAs)}, the
	 * file is opened with the permissions of that user, and the start fails if the output
	 * would also pass through the JVM.
	 * @param file the file, whose directory must exist at the start
	 * @return a new pending process
	 */
	public PendingProcess outputTo(Path file) {
		return with((builder) -> builder.outputTo(file));
	}

	/**
	 * Append standard output to a file; otherwise the same as {@link #outputTo(Path)}.
	 * @param file the file, whose directory must exist at the start
	 * @return a new pending process
	 */
	public PendingProcess appendOutputTo(Path file) {
		return with((builder) -> builder.appendOutputTo(file));
	}

	/**
	 * Redirect standard error to a file, as {@link #outputTo(Path)} does with standard
	 * output.
	 * @param file the file, whose directory must exist at the start
	 * @return a new pending process
	 */
	public PendingProcess errorOutputTo(Path file) {
		return with((builder) -> builder.errorOutputTo(file));
	}

	/**
	 * Append standard error to a file; otherwise the same as
	 * {@link #errorOutputTo(Path)}.
	 * @param file the file, whose directory must exist at the start
	 * @return a new pending process
	 */
	public PendingProcess appendErrorOutputTo(Path file) {
		return with((builder) -> builder.appendErrorOutputTo(file));
	}

	/**
	 * Set the charset of output, and of text that is written to
	 * {@link RunningProcess#stdin()}. The default is UTF-8. Malformed bytes are replaced.
	 * @param charset the charset
	 * @return a new pending process
	 */
	public PendingProcess charset(Charset charset) {
		return with((builder) -> builder.charset(charset));
	}

	/**
	 * Stop the process once it has written more than the given number of bytes, both
	 * streams together.
	 * @param bytes the maximum number of bytes, not negative
	 * @return a new pending process
	 */
	public PendingProcess outputLimit(long bytes) {
		return with((builder) -> builder.outputLimit(bytes));
	}

	/**
	 * Keep only the last bytes of each stream in memory. A stream that is redirected to a
	 * file is not kept in memory, and its file receives the complete output.
	 * @param bytes the number of bytes, not negative
	 * @return a new pending process
	 */
	public PendingProcess keepLast(long bytes) {
		return with((builder) -> builder.keepLast(bytes));
	}

	/**
	 * Set the exit codes that count as success, instead of 0.
	 * @param codes the exit codes, 0 to 255 each
	 * @return a new pending process
	 */
	public PendingProcess successExitCodes(int... codes) {
		return with((builder) -> builder.successExitCodes(codes));
	}

	/**
	 * Set the signal that requests the process to end. The default is TERM. On JDKs
	 * before 25, whose child processes start with QUIT blocked, QUIT requires
	 * {@code env(1)} of coreutils 8.31 or later.
	 * @param signal a signal that ends processes
	 * @return a new pending process
	 */
	public PendingProcess stopSignal(Signal signal) {
		return with((builder) -> builder.stopSignal(signal));
	}

	/**
	 * Set the signals that the process ignores from its start, as {@code nohup(1)} does
	 * with HUP; see {@code signal(7)}. Its descendants ignore them, too. Linux only: uses
	 * {@code env(1)} of coreutils 8.31 or later.
	 * @param signals any signals but KILL and STOP; none for the default
	 * @return a new pending process
	 * @throws IllegalArgumentException if a signal cannot be ignored
	 */
	public PendingProcess ignoreSignals(Signal... signals) {
		return with((builder) -> builder.ignoreSignals(signals));
	}

	/**
	 * Set the grace period between the stop signal and KILL. The default is 2 s after a
	 * timeout and 10 s after a {@link RunningProcess#stop() stop}.
	 * @param grace the grace period, not negative; zero means immediate KILL
	 * @return a new pending process
	 */
	public PendingProcess stopGrace(Duration grace) {
		return with((builder) -> builder.stopGrace(grace));
	}

	/**
	 * Set the maximum time to wait for the remaining output once the process has exited,
	 * since descendants may hold the stream open. The default is 1 s. The time during
	 * which listeners are executing does not count.
	 * @param drain the maximum time to wait, not negative
	 * @return a new pending process
	 */
	public PendingProcess drain(Duration drain) {
		return with((builder) -> builder.drain(drain));
	}

	/**
	 * Let the process outlive the manager and the JVM, in a session of its own on systems
	 * with {@code setsid(1)}. Its input is the null device, and its output is redirected
	 * to files or discarded. It needs no permit of the concurrency limit. It can still be
	 * ended by {@link RunningProcess#stop()}.
	 * @return a new pending process
	 */
	public PendingProcess detached() {
		return with(ProcessSpec.Builder::detached);
	}

	/**
	 * Let the process use the terminal from which the JVM was started, for interactive
	 * programs such as an editor, {@code ssh} or {@code less}. Its input and output do
	 * not pass through the JVM: its result has no output, and it cannot have listeners.
	 * @return a new pending process
	 * @throws IllegalArgumentException if input or output is redirected
	 */
	public PendingProcess tty() {
		return with((builder) -> builder.terminal(Terminal.inherited()));
	}

	/**
	 * Run the process in a pseudoterminal, for programs that behave differently in a
	 * terminal: colors, prompts, no buffering. Standard output and standard error are one
	 * stream, its lines end with {@code \r\n}, and input is echoed unless the program
	 * disables that. The end of the input is sent as Ctrl-D. Requires
	 * {@code org.jetbrains.pty4j:pty4j} on the class path; Linux, macOS untested.
	 * @param columns the number of columns, 1 to 65535
	 * @param rows the number of rows, 1 to 65535
	 * @return a new pending process
	 * @throws IllegalArgumentException if a number is out of range, or standard error is
	 * redirected
	 * @see RunningProcess#resize(int, int)
	 */
	public PendingProcess pty(int columns, int rows) {
		return with((builder) -> builder.terminal(Terminal.pseudo(columns, rows)));
	}

	/**
	 * Run the process as another user. HOME, USER, LOGNAME and SHELL are adapted, unless
	 * they are set or unset here. The process leads a session of its own, detached from
	 * the JVM's terminal, unless it uses that terminal by {@link #tty()}. The JVM must be
	 * permitted to switch users. Linux only: uses {@code setpriv(1)}.
	 * @param user the user and the groups
	 * @return a new pending process
	 */
	public PendingProcess runAs(RunAs user) {
		return with((builder) -> builder.runAs(user));
	}

	/**
	 * Set the resource limits of the process. Each of its descendants has the same
	 * limits. Linux only: uses {@code prlimit(1)}.
	 * @param limits the limits
	 * @return a new pending process
	 */
	public PendingProcess limits(ResourceLimits limits) {
		return with((builder) -> builder.limits(limits));
	}

	/**
	 * Set the resource limits of the whole process tree. Linux only, and only where
	 * {@link IsolationSupport} reports support: {@code cgroups(7)}, version 2.
	 * @param limits the limits
	 * @return a new pending process
	 */
	public PendingProcess treeLimits(TreeLimits limits) {
		return with((builder) -> builder.treeLimits(limits));
	}

	/**
	 * Set the CPU and I/O scheduling priority. Linux only: uses {@code nice(1)},
	 * {@code ionice(1)} and {@code chrt(1)}.
	 * @param priority the priority
	 * @return a new pending process
	 */
	public PendingProcess priority(Priority priority) {
		return with((builder) -> builder.priority(priority));
	}

	/**
	 * Set the CPUs on which the process may run. Linux only: uses {@code taskset(1)}.
	 * @param cpus the CPU numbers, from 0; none for all
	 * @return a new pending process
	 */
	public PendingProcess cpuAffinity(int... cpus) {
		return with((builder) -> builder.cpuAffinity(cpus));
	}

	/**
	 * Set the adjustment of the out-of-memory score, by which the kernel selects the
	 * process to kill when memory is exhausted. Linux only: uses {@code choom(1)}.
	 * @param value -1000 (never) to 1000 (first)
	 * @return a new pending process
	 */
	public PendingProcess oomScoreAdjustment(int value) {
		return with((builder) -> builder.oomScoreAdjustment(value));
	}

	/**
	 * Set the mask of permissions that are removed from new files. Linux only:
	 * {@code umask(2)}.
	 * @param umask the mask in octal with a leading zero, such as {@code 0027}
	 * @return a new pending process
	 * @throws IllegalArgumentException if the mask has another format
	 */
	public PendingProcess umask(String umask) {
		return with((builder) -> builder.umask(umask));
	}

	/**
	 * Prevent the process from gaining privileges through set-user-ID programs such as
	 * {@code sudo}. Linux only: uses {@code setpriv(1)}.
	 * @return a new pending process
	 */
	public PendingProcess noNewPrivileges() {
		return with(ProcessSpec.Builder::noNewPrivileges);
	}

	/**
	 * Start the process as leader of a new session, so that the JVM's terminal and its
	 * Ctrl-C do not reach it. Linux only: uses {@code setsid(1)}.
	 * @return a new pending process
	 */
	public PendingProcess newSession() {
		return with(ProcessSpec.Builder::newSession);
	}

	/**
	 * Set all isolation options at once, replacing those set before.
	 * @param isolation the isolation options
	 * @return a new pending process
	 */
	public PendingProcess isolation(Isolation isolation) {
		return with((builder) -> builder.isolation(isolation));
	}

	/**
	 * Apply changes if a condition holds.
	 * @param condition whether to apply the changes
	 * @param customizer returns a changed instance
	 * @return the changed instance, or this
	 */
	public PendingProcess when(boolean condition, UnaryOperator<PendingProcess> customizer) {
		return condition ? customizer.apply(this) : this;
	}

	/**
	 * Apply changes unless a condition holds.
	 * @param condition whether to skip the changes
	 * @param customizer returns a changed instance
	 * @return the changed instance, or this
	 */
	public PendingProcess unless(boolean condition, UnaryOperator<PendingProcess> customizer) {
		return when(!condition, customizer);
	}

	/**
	 * Apply shared changes, such as the common options of all calls of a tool.
	 * @param customizer returns a changed instance
	 * @return the changed instance
	 */
	public PendingProcess apply(UnaryOperator<PendingProcess> customizer) {
		return customizer.apply(this);
	}

	/**
	 * Create a pipeline with this process as its first stage.
	 * @param program the name or path of the second stage's program
	 * @param arguments the arguments of that program
	 * @return a pipeline of two stages
	 * @throws IllegalArgumentException if the program is empty, or the program or an
	 * argument contains a NUL
	 */
	public Pipeline pipe(String program, String... arguments) {
		return Pipeline.of(this.launcher).pipe(this).pipe(program, arguments);
	}

	/**
	 * Create a pipeline with this process as its first stage.
	 * @param next the second stage
	 * @return a pipeline of two stages
	 */
	public Pipeline pipe(PendingProcess next) {
		return Pipeline.of(this.launcher).pipe(this).pipe(next);
	}

	/**
	 * Create a pipeline with this process as its first stage and a Java stage as its
	 * second.
	 * @param stageName the name of the stage in failures
	 * @param stage the stage, which must be followed by a program
	 * @return a pipeline of two stages
	 */
	public Pipeline pipe(String stageName, StreamStage stage) {
		return Pipeline.of(this.launcher).pipe(this).pipe(stageName, stage);
	}

	/**
	 * Run the process and wait for it to end. A non-zero exit code is reported by the
	 * result; no exception is thrown.
	 * @return the result
	 * @throws io.procession.process.ProcessStartException if the process cannot be
	 * started
	 * @throws io.procession.process.ProcessDeniedException if a policy or a listener
	 * denies the start
	 * @throws io.procession.process.ProcessTimedOutException if a timeout was exceeded;
	 * thrown after at most timeout, grace period and drain
	 * @throws io.procession.process.ProcessOutputLimitException if the output limit was
	 * exceeded
	 * @throws io.procession.process.ProcessRejectedException if the manager is closed, or
	 * no permit became available within the acquire timeout
	 * @throws io.procession.process.ProcessInterruptedException if this thread was
	 * interrupted; the process was stopped
	 */
	@CanIgnoreReturnValue
	public ProcessResult run() {
		return this.launcher.run(this);
	}

	/**
	 * Start the process and return. Timeouts apply even if no thread waits for the
	 * process. Standard input stays open until {@code stdin().close()}, unless input is
	 * configured.
	 * @return a handle to the running process
	 * @throws io.procession.process.ProcessStartException if the process cannot be
	 * started
	 * @throws io.procession.process.ProcessDeniedException if a policy or a listener
	 * denies the start
	 * @throws io.procession.process.ProcessRejectedException if the manager is closed, or
	 * no permit is available; this method does not wait for one
	 */
	@CanIgnoreReturnValue
	public RunningProcess start() {
		return this.launcher.start(this);
	}

	/**
	 * Run the process asynchronously, with the defaults of {@link #run()}. This method
	 * does not block, except for the spawn itself; while no permit is available, the
	 * launch waits without occupying a thread.
	 * @return a future with the result, or with the exception that {@link #run()} would
	 * throw; completed on a thread of the manager. Completing it earlier, by
	 * {@code cancel}, {@code orTimeout}, {@code completeOnTimeout}, {@code complete} or
	 * {@code completeExceptionally}, stops the process and its tree, as an interrupt of
	 * {@code run()} does, and does not wait for the end of that stop. Canceling a
	 * dependent future stops nothing
	 */
	@CanIgnoreReturnValue
	public CompletableFuture<ProcessResult> runAsync() {
		return this.launcher.runAsync(this);
	}

	/**
	 * Find the file that would be executed by a start, according to the configured
	 * {@code PATH}, the working directory, and the policy of the manager. Nothing is
	 * started and no listener is called. The method searches this machine, even if the
	 * processes are fakes. The file may have been removed by the time the process is
	 * started.
	 * @return an absolute path, or empty if there is no such program or it is not
	 * executable
	 * @throws io.procession.process.ProcessDeniedException if the policy denies it
	 * @throws io.procession.process.ProcessStartException if a referenced secret cannot
	 * be read
	 */
	public Optional<Path> executable() {
		return this.launcher.executable(this);
	}

	/**
	 * Return the definition of this process as data, without listeners and streams.
	 * @return the spec
	 */
	public ProcessSpec toSpec() {
		return this.spec;
	}

	/**
	 * Return the command.
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

	/** Return this process with its command redacted by the given redactor. */
	PendingProcess redactedBy(Redactor redactor) {
		Command redacted = command().redactedBy(redactor);
		return (redacted == command()) ? this : with((builder) -> builder.command(redacted));
	}

	Origin origin() {
		return this.origin;
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
