/**
 * The seam to the operating system: {@link io.procession.engine.ProcessEngine} starts a
 * process, tells its exit, brings its bytes and reaches its tree. Everything above it
 * (deadlines, stops, capture, events) is the same for every engine.
 *
 * <p>
 * {@link io.procession.engine.zt} holds the engine for real processes. A way to swap it:
 *
 * <pre>
 * ProcessManager processes = ProcessManager.builder().engine(new MyEngine()).build();
 * </pre>
 */
@NullMarked
package io.procession.engine;

import org.jspecify.annotations.NullMarked;
