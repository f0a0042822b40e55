package io.procession;

import org.jspecify.annotations.Nullable;

import io.procession.engine.ProcessEngine;
import io.procession.engine.local.LocalProcessEngine;
import io.procession.execution.LocalProcessLauncher;
import io.procession.execution.ProcessLauncher;

/**
 * Default {@link ProcessManager}: a {@link LocalProcessLauncher} over the configured
 * engine or, if none is configured, over the engine for real processes. It is closed by a
 * shutdown hook, unless that is disabled.
 */
final class DefaultProcessManager extends LocalProcessLauncher implements ProcessManager {

	private final @Nullable Thread shutdownHook;

	DefaultProcessManager(ProcessManager.Builder builder) {
		this(builder, engine(builder));
	}

	private DefaultProcessManager(ProcessManager.Builder builder, ProcessEngine engine) {
		super(builder.settings(), engine, (builder.timeSource() != null) ? builder.timeSource() : engine.timeSource(),
				builder.executor(), builder.secretResolver(), builder.security(), builder.observers());
		this.shutdownHook = builder.shutdownHook() ? addShutdownHook() : null;
	}

	private static ProcessEngine engine(ProcessManager.Builder builder) {
		ProcessEngine given = builder.engine();
		return (given != null) ? given : new LocalProcessEngine(builder.guard(), builder.application(),
				builder.controlGroup(), builder.settings().leftoverGrace(), builder.settings().lostAfter());
	}

	private @Nullable Thread addShutdownHook() {
		Thread hook = new Thread(super::close, "procession-shutdown");
		try {
			Runtime.getRuntime().addShutdownHook(hook);
			return hook;
		}
		catch (IllegalStateException ex) {
			// the JVM is already exiting: the manager must be closed explicitly, or else
			// the guard ends the remaining processes
			return null;
		}
	}

	@Override
	public ProcessLauncher launcher() {
		return this;
	}

	@Override
	public void close() {
		if (this.shutdownHook != null && Thread.currentThread() != this.shutdownHook) {
			try {
				Runtime.getRuntime().removeShutdownHook(this.shutdownHook);
			}
			catch (IllegalStateException ex) {
				// the JVM is already exiting: the hook waits for the same close
			}
		}
		super.close();
	}

}
