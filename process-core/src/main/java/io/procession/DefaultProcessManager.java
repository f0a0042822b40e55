package io.procession;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;

import org.jspecify.annotations.Nullable;

import io.procession.concurrent.TimeSource;
import io.procession.engine.ProcessEngine;
import io.procession.engine.local.LocalProcessEngine;
import io.procession.event.ProcessListener;
import io.procession.execution.LocalProcessLauncher;
import io.procession.execution.PendingProcess;
import io.procession.execution.Pipeline;
import io.procession.execution.PipelineResult;
import io.procession.execution.ProcessOutputListener;
import io.procession.execution.ProcessSettings;
import io.procession.execution.RunningPipeline;
import io.procession.execution.RunningProcess;
import io.procession.isolation.IsolationSupport;
import io.procession.process.ProcessResult;
import io.procession.process.ProcessSpec;
import io.procession.process.TerminalSupport;

/**
 * Default {@link ProcessManager}. Delegates to a {@link LocalProcessLauncher} over the
 * configured engine or, if none is configured, over the engine for real processes.
 */
final class DefaultProcessManager implements ProcessManager {

	private final LocalProcessLauncher launcher;

	private final @Nullable Thread shutdownHook;

	DefaultProcessManager(ProcessManager.Builder builder) {
		ProcessEngine given = builder.engine();
		ProcessEngine engine = (given != null) ? given : new LocalProcessEngine(builder.guard(), builder.application(),
				builder.controlGroup(), builder.settings().leftoverGrace(), builder.settings().lostAfter());
		TimeSource time = (builder.timeSource() != null) ? builder.timeSource() : engine.timeSource();
		this.launcher = new LocalProcessLauncher(builder.settings(), engine, time, builder.executor(),
				builder.secretResolver(), builder.security());
		this.shutdownHook = builder.shutdownHook() ? addShutdownHook() : null;
	}

	private @Nullable Thread addShutdownHook() {
		Thread hook = new Thread(this.launcher::close, "procession-shutdown");
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
	public PendingProcess pending(ProcessSpec spec) {
		return this.launcher.pending(spec);
	}

	@Override
	public ProcessResult run(PendingProcess pending) {
		return this.launcher.run(pending);
	}

	@Override
	public RunningProcess start(PendingProcess pending) {
		return this.launcher.start(pending);
	}

	@Override
	public RunningProcess startUncounted(PendingProcess pending) {
		return this.launcher.startUncounted(pending);
	}

	@Override
	public CompletableFuture<ProcessResult> runAsync(PendingProcess pending) {
		return this.launcher.runAsync(pending);
	}

	@Override
	public CompletableFuture<RunningProcess> startAsync(PendingProcess pending, @Nullable Duration timeout, long since,
			Runnable permitted) {
		return this.launcher.startAsync(pending, timeout, since, permitted);
	}

	@Override
	public Optional<Path> executable(PendingProcess pending) {
		return this.launcher.executable(pending);
	}

	@Override
	public ProcessSettings settings() {
		return this.launcher.settings();
	}

	@Override
	public TimeSource timeSource() {
		return this.launcher.timeSource();
	}

	@Override
	public Future<?> schedule(Duration delay, Runnable task) {
		return this.launcher.schedule(delay, task);
	}

	@Override
	public Runnable onClose(Runnable action) {
		return this.launcher.onClose(action);
	}

	@Override
	public PipelineResult run(Pipeline pipeline) {
		return this.launcher.run(pipeline);
	}

	@Override
	public RunningPipeline start(Pipeline pipeline) {
		return this.launcher.start(pipeline);
	}

	@Override
	public CompletableFuture<PipelineResult> runAsync(Pipeline pipeline) {
		return this.launcher.runAsync(pipeline);
	}

	@Override
	public List<RunningProcess> running() {
		return this.launcher.running();
	}

	@Override
	public Optional<RunningProcess> find(long pid) {
		return this.launcher.find(pid);
	}

	@Override
	public void addListener(ProcessListener listener) {
		this.launcher.addListener(listener);
	}

	@Override
	public void removeListener(ProcessListener listener) {
		this.launcher.removeListener(listener);
	}

	@Override
	public void addOutputListener(ProcessOutputListener listener) {
		this.launcher.addOutputListener(listener);
	}

	@Override
	public void removeOutputListener(ProcessOutputListener listener) {
		this.launcher.removeOutputListener(listener);
	}

	@Override
	public List<String> limitations() {
		return this.launcher.limitations();
	}

	@Override
	public IsolationSupport isolation() {
		return this.launcher.isolation();
	}

	@Override
	public TerminalSupport terminals() {
		return this.launcher.terminals();
	}

	@Override
	public void close() {
		if (this.shutdownHook != null && Thread.currentThread() != this.shutdownHook) {
			try {
				Runtime.getRuntime().removeShutdownHook(this.shutdownHook);
			}
			catch (IllegalStateException ex) {
				// the JVM is already exiting: the hook waits for the same close
				this.launcher.close();
				return;
			}
		}
		this.launcher.close();
	}

}
