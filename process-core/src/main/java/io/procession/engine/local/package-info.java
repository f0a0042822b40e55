/**
 * Engine for real processes. Processes are started through zt-exec, the JDK or pty4j.
 * Their output is read by pumps, and their descendants are found through {@code /proc}.
 *
 * <p>
 * {@code LocalProcessEngine} checks and starts processes, {@code LocalProcess} is a
 * running process, {@code StreamPump} reads a stream, {@code ProcessTable} is the result
 * of a scan of the system, {@code LocalTree} is a process with its descendants,
 * {@code Marker} is the environment variable by which they are recognized, and
 * {@code Guard} is the small process that cleans up if the JVM is killed.
 */
@NullMarked
package io.procession.engine.local;

import org.jspecify.annotations.NullMarked;
