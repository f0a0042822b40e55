package io.procession;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;

import org.jspecify.annotations.Nullable;

import io.procession.concurrent.TimeSource;
import io.procession.engine.ProcessEngine;
import io.procession.event.ProcessListener;
import io.procession.execution.ExecutionObserver;
import io.procession.execution.PendingProcess;
import io.procession.execution.Pipeline;
import io.procession.execution.ProcessLauncher;
import io.procession.execution.ProcessOutputListener;
import io.procession.execution.ProcessSettings;
import io.procession.execution.RunningProcess;
import io.procession.isolation.IsolationSupport;
import io.procession.pool.PoolResults;
import io.procession.pool.ProcessPool;
import io.procession.process.Command;
import io.procession.process.ProcessResult;
import io.procession.process.ProcessSpec;
import io.procession.process.SecretResolver;
import io.procession.process.TerminalSupport;
import io.procession.security.CommandPolicy;
import io.procession.security.EnvironmentPolicy;
import io.procession.security.Redactor;
import io.procession.security.SecurityPolicy;

/**
 * Main entry point of the library: runs and starts operating-system processes, and owns
 * them until it is closed.
 *
 * <p>
 * With Spring, inject it; without Spring, {@link #create() create} one and
 * {@link #close() close} it. No process is left behind when the manager is closed, when
 * the JVM exits or when the JVM is killed, except {@linkplain PendingProcess#detached()
 * detached} processes. <i>Thread-safe.</i>
 */
public interface ProcessManager extends AutoCloseable {

	/**
	 * Create a manager with the default settings.
	 * @return a new manager, to be closed by the caller
	 */
	static ProcessManager create() {
		return builder().build();
	}

	/**
	 * Create a builder for a manager with custom settings.
	 * @return a new builder
	 */
	static Builder builder() {
		return new Builder();
	}

	/**
	 * Create a pending process for a program with arguments. The arguments are passed
	 * verbatim, never through a shell.
	 * @param program name, which is looked up in {@code PATH}, or path of the executable
	 * @param arguments the arguments; each is passed as a single argument, whatever it
	 * contains
	 * @return a pending process
	 * @throws IllegalArgumentException if the program is empty, or the program or an
	 * argument contains a NUL character
	 */
	default PendingProcess command(String program, String... arguments) {
		return pending(ProcessSpec.of(Command.of(program, arguments)));
	}

	/**
	 * Create a pending process for a program and its arguments in a single list.
	 * @param arguments the program, followed by its arguments
	 * @return a pending process
	 * @throws IllegalArgumentException if the list or the program is empty, or an element
	 * contains a NUL character
	 */
	default PendingProcess command(List<String> arguments) {
		return pending(ProcessSpec.of(Command.of(arguments)));
	}

	/**
	 * Create a pending process for a command line, which is split by the quoting rules of
	 * POSIX. Nothing is expanded and no shell is started. Unquoted text that only a shell
	 * would interpret, such as {@code |} or {@code $HOME}, causes a warning, which is
	 * logged once for each command.
	 * @param line the command line, such as {@code ls -la 'my dir'}
	 * @return a pending process
	 * @throws IllegalArgumentException if a quote is not closed or the line is empty
	 */
	default PendingProcess commandLine(String line) {
		return pending(ProcessSpec.of(Command.parse(line)));
	}

	/**
	 * Create a pending process for a script, which is executed by the system's shell.
	 * Pass untrusted values as arguments, which the script reads as {@code "$1"},
	 * {@code "$2"}.
	 * @param script source of the script
	 * @param arguments positional parameters of the script
	 * @return a pending process
	 * @throws IllegalArgumentException if the script is blank, or the script or an
	 * argument contains a NUL character
	 */
	default PendingProcess shell(String script, String... arguments) {
		return pending(ProcessSpec.of(Command.shell(script, arguments)));
	}

	/**
	 * Create a pending process for a definition.
	 * @param spec the definition
	 * @return a pending process
	 */
	PendingProcess pending(ProcessSpec spec);

	/**
	 * Find the file that {@code command(program)} would execute, without starting it.
	 * Shortcut for {@link PendingProcess#executable()}.
	 * @param program name or path of the program
	 * @return an absolute path, or empty if the program does not exist or is not
	 * executable
	 * @throws io.procession.process.ProcessDeniedException if the policy does not allow
	 * the program
	 */
	default Optional<Path> findProgram(String program) {
		return command(program).executable();
	}

	/**
	 * Run a program and wait for its end. Shortcut for
	 * {@code command(program, arguments).run()}.
	 * @param program name or path of the program
	 * @param arguments the arguments
	 * @return the result
	 */
	default ProcessResult run(String program, String... arguments) {
		return command(program, arguments).run();
	}

	/**
	 * Start a program. Shortcut for {@code command(program, arguments).start()}.
	 * @param program name or path of the program
	 * @param arguments the arguments
	 * @return a handle to the running process
	 */
	default RunningProcess start(String program, String... arguments) {
		return command(program, arguments).start();
	}

	/**
	 * Create a pipeline, in which each command reads the output of the previous one.
	 * @return a pipeline without stages
	 */
	default Pipeline pipeline() {
		return Pipeline.of(launcher());
	}

	/**
	 * Create a pool of processes that run concurrently, up to a maximum number at a time.
	 * @return an empty pool
	 */
	default ProcessPool pool() {
		return ProcessPool.of(launcher());
	}

	/**
	 * Run processes concurrently and wait for the end of all of them. Shortcut for a
	 * {@link #pool()} whose concurrency is the number of the processes.
	 * @param processes the processes to run, at least one
	 * @return the results, in the order of the processes
	 */
	default PoolResults concurrently(PendingProcess... processes) {
		ProcessPool pool = pool().concurrency(Math.max(1, processes.length));
		for (PendingProcess process : processes) {
			pool.add(process);
		}
		return pool.run();
	}

	/**
	 * Return the processes of this manager that have not ended.
	 * @return a snapshot, oldest process first
	 */
	List<RunningProcess> running();

	/**
	 * Find a process of this manager by its process ID.
	 * @param pid the process ID
	 * @return the process, or empty if no running process of this manager has this ID
	 */
	Optional<RunningProcess> find(long pid);

	/**
	 * Add a listener for the events of all processes from now on.
	 * @param listener the listener, which is called on the manager's event thread
	 */
	void addListener(ProcessListener listener);

	/**
	 * Remove a listener. The listener may still be notified of earlier events. This has
	 * no effect if the listener was not added.
	 * @param listener the listener that was passed to {@link #addListener}
	 */
	void removeListener(ProcessListener listener);

	/**
	 * Add a listener for the output of all processes that arrives from now on, such as a
	 * listener that logs or counts it. The listener does not change what is captured. It
	 * receives nothing from a process whose output does not pass through the JVM
	 * otherwise; see {@link ProcessOutputListener}.
	 * @param listener the listener
	 */
	void addOutputListener(ProcessOutputListener listener);

	/**
	 * Remove a listener for the output of all processes, including running ones. A call
	 * that has begun is completed. This has no effect if the listener was not added.
	 * @param listener the listener that was passed to {@link #addOutputListener}
	 */
	void removeOutputListener(ProcessOutputListener listener);

	/**
	 * Return the limitations of the current platform, such as missing tools required by
	 * the guard process.
	 * @return one sentence for each limitation; empty if there are none
	 */
	List<String> limitations();

	/**
	 * Return which isolation features (other users, limits, priorities) are supported on
	 * this machine, and why others are not.
	 * @return the support, as determined when it was first needed
	 */
	IsolationSupport isolation();

	/**
	 * Return which terminals processes can have on this machine. Check this before
	 * calling {@link PendingProcess#tty()} or {@link PendingProcess#pty(int, int)}.
	 * @return the terminals that are currently supported
	 */
	TerminalSupport terminals();

	/**
	 * Return the launcher, by which features such as a {@code ProcessSupervisor} start
	 * their processes with the limits, events and shutdown of this manager. Not needed to
	 * run processes.
	 * @return the launcher of this manager
	 */
	ProcessLauncher launcher();

	/**
	 * Reject new processes and stop all running ones in parallel. Kill processes that are
	 * still alive after the shutdown grace, and everything that earlier processes left
	 * behind in the background. Return when all of them have ended.
	 *
	 * <p>
	 * Each step is bounded by the {@link ProcessSettings settings}. A process that does
	 * not end within the shutdown grace and the lost-after time is abandoned, and so is
	 * any step that hangs for longer than the lost-after time. A second call only waits
	 * for the first one.
	 */
	@Override
	void close();

	/**
	 * Builder for a {@link ProcessManager}. <i>Not thread-safe.</i>
	 */
	final class Builder {

		private ProcessSettings settings = ProcessSettings.DEFAULTS;

		private @Nullable ProcessEngine engine;

		private @Nullable TimeSource timeSource;

		private @Nullable Executor executor;

		private SecretResolver secretResolver = SecretResolver.none();

		private SecurityPolicy security = SecurityPolicy.DEFAULTS;

		private final List<ExecutionObserver> observers = new ArrayList<>();

		private boolean shutdownHook = true;

		private boolean guard = true;

		private @Nullable String application;

		private @Nullable Path controlGroup;

		private Builder() {
		}

		/**
		 * Set the defaults and limits.
		 * @param value the settings
		 * @return this builder
		 */
		public Builder settings(ProcessSettings value) {
			this.settings = value;
			return this;
		}

		/**
		 * Set the engine to use instead of the one for real processes. It is closed with
		 * the manager.
		 * @param value the engine
		 * @return this builder
		 */
		public Builder engine(ProcessEngine value) {
			this.engine = value;
			return this;
		}

		/**
		 * Set the time source. By default, the manager uses that of the engine, which is
		 * the clock of the machine unless the engine is a fake.
		 * @param value the time source
		 * @return this builder
		 */
		public Builder timeSource(TimeSource value) {
			this.timeSource = value;
			return this;
		}

		/**
		 * Set the {@link Executor} used to read and write process streams and to invoke
		 * output listeners and Java stages. By default, the manager uses its own threads.
		 *
		 * <p>
		 * The executor must execute every task immediately on a thread of its own because
		 * a pump runs as long as its process. Virtual threads are not suitable: a pump
		 * occupies its carrier thread, and output is no longer read once all carriers are
		 * occupied. Timeouts, stops and futures do not depend on the executor. It is not
		 * closed with the manager.
		 * @param value the executor
		 * @return this builder
		 */
		public Builder executor(Executor value) {
			this.executor = value;
			return this;
		}

		/**
		 * Set the resolver for referenced secrets.
		 * @param value the resolver
		 * @return this builder
		 */
		public Builder secretResolver(SecretResolver value) {
			this.secretResolver = value;
			return this;
		}

		/**
		 * Set the policy for the programs that may be started. By default, all programs
		 * may be started.
		 * @param value the policy
		 * @return this builder
		 */
		public Builder commandPolicy(CommandPolicy value) {
			this.security = new SecurityPolicy(value, this.security.environment(), this.security.redactor());
			return this;
		}

		/**
		 * Set the policy for the variables that processes inherit from the environment of
		 * the JVM. By default, they inherit all of them. The policy also applies to
		 * processes that are configured with {@code inheritEnv(true)}.
		 * @param value the policy
		 * @return this builder
		 */
		public Builder environmentPolicy(EnvironmentPolicy value) {
			this.security = new SecurityPolicy(this.security.commands(), value, this.security.redactor());
			return this;
		}

		/**
		 * Set the redactor, which identifies secrets by their names and hides them
		 * wherever commands are shown.
		 * @param value the redactor
		 * @return this builder
		 */
		public Builder redactor(Redactor value) {
			this.security = new SecurityPolicy(this.security.commands(), this.security.environment(), value);
			return this;
		}

		/**
		 * Add an observer of all executions. Observers are called in the order in which
		 * they were added.
		 * @param value the observer
		 * @return this builder
		 */
		public Builder observer(ExecutionObserver value) {
			this.observers.add(Objects.requireNonNull(value, "observer"));
			return this;
		}

		/**
		 * Whether to close the manager when the JVM exits, unless it has been closed
		 * before. Enabled by default; disabled under Spring, which closes its beans
		 * itself.
		 * @param value whether to register a shutdown hook
		 * @return this builder
		 */
		public Builder shutdownHook(boolean value) {
			this.shutdownHook = value;
			return this;
		}

		/**
		 * Whether to use a guard process, which is started with the first child process
		 * and ends all processes if the JVM is killed. Enabled by default. Linux only.
		 * @param value whether to use a guard process
		 * @return this builder
		 */
		public Builder guard(boolean value) {
			this.guard = value;
			return this;
		}

		/**
		 * Set the name of the application, which must be the same at its next start.
		 * Without a guard process, a manager ends the processes that were left behind by
		 * a dead manager of the same application before it starts its first process.
		 * @param value the name
		 * @return this builder
		 */
		public Builder application(String value) {
			this.application = value;
			return this;
		}

		/**
		 * Set the directory in which process trees with limits get their control groups.
		 * By default, this is the parent of the JVM's own group, if that is delegated to
		 * the JVM.
		 * @param value a directory of the control group hierarchy, version 2, which must
		 * be writable for this JVM and must not contain processes
		 * @return this builder
		 */
		public Builder controlGroup(Path value) {
			this.controlGroup = value;
			return this;
		}

		/**
		 * Build the manager.
		 * @return a new manager, to be closed by the caller
		 */
		public ProcessManager build() {
			return new DefaultProcessManager(this);
		}

		ProcessSettings settings() {
			return this.settings;
		}

		@Nullable ProcessEngine engine() {
			return this.engine;
		}

		@Nullable TimeSource timeSource() {
			return this.timeSource;
		}

		@Nullable Executor executor() {
			return this.executor;
		}

		SecretResolver secretResolver() {
			return this.secretResolver;
		}

		SecurityPolicy security() {
			return this.security;
		}

		List<ExecutionObserver> observers() {
			return List.copyOf(this.observers);
		}

		boolean shutdownHook() {
			return this.shutdownHook;
		}

		boolean guard() {
			return this.guard;
		}

		@Nullable String application() {
			return this.application;
		}

		@Nullable Path controlGroup() {
			return this.controlGroup;
		}

	}

}
