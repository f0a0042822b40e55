package io.procession;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;

import org.jspecify.annotations.Nullable;

import io.procession.engine.ProcessEngine;
import io.procession.engine.TimeSource;
import io.procession.event.ProcessListener;
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
 * The front door: runs and starts operating-system processes, and owns them until it is
 * closed.
 *
 * <p>
 * With Spring, inject it; without, {@link #create()} one and {@link #close()} it. A
 * manager that is closed, a JVM that exits and a JVM that is killed leave no process
 * behind, except those that were {@linkplain PendingProcess#detached() detached}.
 * <i>Thread-safe.</i>
 */
public interface ProcessManager extends ProcessLauncher, AutoCloseable {

	/**
	 * A manager with the default settings.
	 * @return a new manager, to be closed
	 */
	static ProcessManager create() {
		return builder().build();
	}

	/**
	 * Starts a manager with other settings.
	 * @return a builder
	 */
	static Builder builder() {
		return new Builder();
	}

	/**
	 * A program with arguments, passed verbatim, never through a shell.
	 * @param program name, looked up in {@code PATH}, or path of the executable
	 * @param arguments each one argument whatever it holds
	 * @return a pending process
	 * @throws IllegalArgumentException if the program is empty or something holds a NUL
	 */
	default PendingProcess command(String program, String... arguments) {
		return pending(ProcessSpec.of(Command.of(program, arguments)));
	}

	/**
	 * A program with arguments in one list.
	 * @param arguments the program, then its arguments
	 * @return a pending process
	 * @throws IllegalArgumentException if the list or the program is empty, or something
	 * holds a NUL
	 */
	default PendingProcess command(List<String> arguments) {
		return pending(ProcessSpec.of(Command.of(arguments)));
	}

	/**
	 * A line that is split by the quoting rules of POSIX; nothing is expanded and no
	 * shell runs. Something unquoted that only a shell would interpret, such as {@code |}
	 * or {@code $HOME}, is logged as a warning, once for each command.
	 * @param line such as {@code ls -la 'my dir'}
	 * @return a pending process
	 * @throws IllegalArgumentException if a quote stays open or nothing is left
	 */
	default PendingProcess commandLine(String line) {
		return pending(ProcessSpec.of(Command.parse(line)));
	}

	/**
	 * A script for the system's shell. Untrusted values belong into the arguments, which
	 * the script reads as {@code "$1"}, {@code "$2"}.
	 * @param script shell source
	 * @param arguments the script's positional parameters
	 * @return a pending process
	 * @throws IllegalArgumentException if the script is blank or something holds a NUL
	 */
	default PendingProcess shell(String script, String... arguments) {
		return pending(ProcessSpec.of(Command.shell(script, arguments)));
	}

	/**
	 * Find the file that {@code command(program)} would execute, without starting it;
	 * short for {@link PendingProcess#executable()}.
	 * @param program name or path
	 * @return an absolute path, or empty if there is no such program or it may not be
	 * executed
	 * @throws io.procession.process.ProcessDeniedException if the policy does not allow
	 * it
	 */
	default Optional<Path> findProgram(String program) {
		return command(program).executable();
	}

	/**
	 * Runs a program and waits for its end; short for
	 * {@code command(program, arguments).run()}.
	 * @param program name or path
	 * @param arguments its arguments
	 * @return its result
	 */
	default ProcessResult run(String program, String... arguments) {
		return command(program, arguments).run();
	}

	/**
	 * Starts a program; short for {@code command(program, arguments).start()}.
	 * @param program name or path
	 * @param arguments its arguments
	 * @return a handle to the live process
	 */
	default RunningProcess start(String program, String... arguments) {
		return command(program, arguments).start();
	}

	/**
	 * Commands of which each reads what the one before it writes.
	 * @return a pipeline without stages
	 */
	default Pipeline pipeline() {
		return Pipeline.of(this);
	}

	/**
	 * Processes that run side by side, so many at a time.
	 * @return a pool without processes
	 */
	default ProcessPool pool() {
		return ProcessPool.of(this);
	}

	/**
	 * Runs processes side by side and waits for all; short for a {@link #pool()} with as
	 * many at a time.
	 * @param processes what to run, at least one
	 * @return their results, in order
	 */
	default PoolResults concurrently(PendingProcess... processes) {
		ProcessPool pool = pool().concurrency(Math.max(1, processes.length));
		for (PendingProcess process : processes) {
			pool.add(process);
		}
		return pool.run();
	}

	/**
	 * The processes of this manager that have not ended.
	 * @return a snapshot, oldest first
	 */
	List<RunningProcess> running();

	/**
	 * A process of this manager by its process ID.
	 * @param pid the PID
	 * @return the process, or empty if this manager runs none of that PID
	 */
	Optional<RunningProcess> find(long pid);

	/**
	 * Adds a listener for what happens to processes from now on.
	 * @param listener is told, on the manager's event thread
	 */
	void addListener(ProcessListener listener);

	/**
	 * Removes a listener that was added, and forgets it. What has happened before may
	 * still be told. Does nothing if it was not added.
	 * @param listener the listener, as it was given to {@link #addListener}
	 */
	void removeListener(ProcessListener listener);

	/**
	 * Add a listener for the output of all processes that arrives from now on, such as
	 * one that logs or counts it. It does not change what is captured, and receives
	 * nothing of a process whose output does not pass through the JVM otherwise; see
	 * {@link ProcessOutputListener}.
	 * @param listener the listener
	 */
	void addOutputListener(ProcessOutputListener listener);

	/**
	 * Remove a listener for the output of all processes, those that are running included.
	 * A call that has begun ends. Does nothing if it was not added.
	 * @param listener the listener, as it was given to {@link #addOutputListener}
	 */
	void removeOutputListener(ProcessOutputListener listener);

	/**
	 * What this machine lacks for all promises to hold, such as the tools of the guard
	 * that cleans up after a killed JVM.
	 * @return one sentence each; empty if nothing is amiss
	 */
	List<String> limitations();

	/**
	 * What of an isolation (other users, limits, priorities) can be had on this machine,
	 * and why the rest cannot.
	 * @return what was found when it was first asked for
	 */
	IsolationSupport isolation();

	/**
	 * Return which terminals processes can have here, to be asked before
	 * {@link PendingProcess#tty()} and {@link PendingProcess#pty(int, int)}.
	 * @return what is supported now
	 */
	TerminalSupport terminals();

	/**
	 * Rejects new work, stops everything that runs, in parallel, kills what is still
	 * there after the shutdown grace, and everything that earlier processes left behind
	 * in the background. Returns when all is gone; each of its steps is bounded by the
	 * {@link ProcessSettings settings}: what does not end within shutdown grace and
	 * lost-after is given up, and so is what hangs for longer than lost-after. The second
	 * call does nothing but wait for the first.
	 */
	@Override
	void close();

	/**
	 * Collects what a manager is made of. <i>Not thread-safe.</i>
	 */
	final class Builder {

		private ProcessSettings settings = ProcessSettings.DEFAULTS;

		private @Nullable ProcessEngine engine;

		private @Nullable TimeSource timeSource;

		private @Nullable Executor executor;

		private SecretResolver secretResolver = SecretResolver.none();

		private SecurityPolicy security = SecurityPolicy.DEFAULTS;

		private boolean shutdownHook = true;

		private boolean guard = true;

		private @Nullable String application;

		private @Nullable Path controlGroup;

		private Builder() {
		}

		/**
		 * Defaults and bounds.
		 * @param value the settings
		 * @return this builder
		 */
		public Builder settings(ProcessSettings value) {
			this.settings = value;
			return this;
		}

		/**
		 * Another engine than the one for real processes. Closed with the manager.
		 * @param value the engine
		 * @return this builder
		 */
		public Builder engine(ProcessEngine value) {
			this.engine = value;
			return this;
		}

		/**
		 * Other clocks than those of the engine, which are the machine's unless it plays.
		 * @param value the clocks
		 * @return this builder
		 */
		public Builder timeSource(TimeSource value) {
			this.timeSource = value;
			return this;
		}

		/**
		 * What reads and writes the streams of processes runs on, and with it listeners
		 * and stages in Java, instead of threads of the manager's own. Must run every
		 * task at once on a thread of its own: a pump runs as long as its process.
		 * Virtual threads will not do: a pump keeps its carrier, and once they are used
		 * up nobody reads. Deadlines, stops and futures do not depend on it. Not closed
		 * with the manager.
		 * @param value the executor
		 * @return this builder
		 */
		public Builder executor(Executor value) {
			this.executor = value;
			return this;
		}

		/**
		 * What reads referenced secrets.
		 * @param value the resolver
		 * @return this builder
		 */
		public Builder secretResolver(SecretResolver value) {
			this.secretResolver = value;
			return this;
		}

		/**
		 * Which programs may be started; all unless said otherwise.
		 * @param value the policy
		 * @return this builder
		 */
		public Builder commandPolicy(CommandPolicy value) {
			this.security = new SecurityPolicy(value, this.security.environment(), this.security.redactor());
			return this;
		}

		/**
		 * What processes inherit of the JVM's environment; all unless said otherwise. It
		 * holds for those too that say {@code inheritEnv(true)}.
		 * @param value the policy
		 * @return this builder
		 */
		public Builder environmentPolicy(EnvironmentPolicy value) {
			this.security = new SecurityPolicy(this.security.commands(), value, this.security.redactor());
			return this;
		}

		/**
		 * By which names secrets are found, to be hidden where commands are shown.
		 * @param value the redactor
		 * @return this builder
		 */
		public Builder redactor(Redactor value) {
			this.security = new SecurityPolicy(this.security.commands(), this.security.environment(), value);
			return this;
		}

		/**
		 * Whether the exit of the JVM closes the manager, if nobody did before. On unless
		 * said otherwise; off under Spring, which closes its beans itself.
		 * @param value whether there is a hook
		 * @return this builder
		 */
		public Builder shutdownHook(boolean value) {
			this.shutdownHook = value;
			return this;
		}

		/**
		 * Whether a guard process, started with the first child, ends everything should
		 * the JVM be killed. On unless said otherwise. Linux only.
		 * @param value whether there is a guard
		 * @return this builder
		 */
		public Builder guard(boolean value) {
			this.guard = value;
			return this;
		}

		/**
		 * The application's name, the same at its next start. Where there is no guard, a
		 * manager ends the processes that a dead manager of the same application left
		 * behind, before it starts its first.
		 * @param value the name
		 * @return this builder
		 */
		public Builder application(String value) {
			this.application = value;
			return this;
		}

		/**
		 * Where trees with limits get their control groups. By default the parent of the
		 * JVM's own group, if it was delegated to the JVM.
		 * @param value a directory of the control groups, version 2, that this JVM may
		 * write to and no process is in
		 * @return this builder
		 */
		public Builder controlGroup(Path value) {
			this.controlGroup = value;
			return this;
		}

		/**
		 * The manager.
		 * @return a new manager, to be closed
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
