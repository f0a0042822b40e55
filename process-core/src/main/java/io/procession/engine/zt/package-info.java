/**
 * The engine for real processes: zt-exec starts them, pumps of our own read them, and
 * {@code /proc} tells what they have started in turn.
 *
 * <p>
 * {@code ZtProcessEngine} checks and starts, {@code LocalProcess} is one live process,
 * {@code StreamPump} reads a stream, {@code ProcessTable} is one look at the system,
 * {@code LocalTree} a process with its descendants, {@code Marker} the environment
 * variable by which they are recognised, {@code Guard} the small process that cleans up
 * after a killed JVM.
 */
@NullMarked
package io.procession.engine.zt;

import org.jspecify.annotations.NullMarked;
