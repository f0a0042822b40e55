/**
 * One run of a command: {@link io.procession.execution.PendingProcess} is what one
 * writes, {@link io.procession.execution.RunningProcess} the live handle,
 * {@link io.procession.process.ProcessResult} the outcome.
 *
 * <p>
 * A run goes this way: {@code PendingProcess} to {@link ProcessLauncher} (permit, spawn,
 * books) to {@code ProcessRun} (its state, its end) over the engine's
 * {@link io.procession.engine.EngineProcess}; its bytes go through {@code OutputRecorder}
 * and its {@code LineSplitter} to capture and listeners; {@code Stopper} ends trees.
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
