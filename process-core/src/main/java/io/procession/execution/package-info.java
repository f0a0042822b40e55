/**
 * A single execution of a command: {@link io.procession.execution.PendingProcess} defines
 * it, {@link io.procession.execution.RunningProcess} is the handle to the live process,
 * and {@link io.procession.process.ProcessResult} is the outcome.
 *
 * <p>
 * An execution passes these classes: a {@code PendingProcess} is started by a
 * {@link ProcessLauncher} (permit, spawn, registry). {@code ProcessExecution} manages its
 * state and its end on top of the engine's {@link io.procession.engine.EngineProcess}.
 * {@code OutputRecorder} and {@code LineSplitter} pass its output to the capture and to
 * the listeners. {@code Stopper} ends process trees.
 *
 * <pre>
 * ProcessResult result = processes.command("git", "pull")
 *     .directory(Path.of("/srv/site"))
 *     .timeout(Duration.ofMinutes(2))
 *     .onLine((type, line) -&gt; log.info("{}", line))
 *     .run()
 *     .throwIfFailed();
 * </pre>
 */
@NullMarked
package io.procession.execution;

import org.jspecify.annotations.NullMarked;
