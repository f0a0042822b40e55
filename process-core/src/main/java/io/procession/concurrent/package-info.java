/**
 * Time, threads and waits: the clocks, the threads of a manager, executors, limits and
 * bounded waits. Independent of processes.
 *
 * <p>
 * Only {@link io.procession.concurrent.TimeSource} is meant for applications. The other
 * types are shared by the packages of Procession and may change at any time.
 */
@NullMarked
package io.procession.concurrent;

import org.jspecify.annotations.NullMarked;
