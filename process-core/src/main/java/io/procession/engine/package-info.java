/**
 * Boundary to the operating system: a {@link io.procession.engine.ProcessEngine} starts
 * processes, reports their exit, delivers their output and controls their process trees.
 * Everything above it (deadlines, stops, output capture, events) is independent of the
 * engine.
 *
 * <p>
 * {@link io.procession.engine.local} contains the engine for real processes. Use another
 * engine as follows:
 *
 * <pre>
 * ProcessManager processes = ProcessManager.builder().engine(new MyEngine()).build();
 * </pre>
 */
@NullMarked
package io.procession.engine;

import org.jspecify.annotations.NullMarked;
