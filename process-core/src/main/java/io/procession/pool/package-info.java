/**
 * Pools of processes that run concurrently, up to a maximum number at a time:
 * {@link io.procession.pool.ProcessPool} is configured and run,
 * {@link io.procession.pool.RunningPool} is the handle to a running pool, and
 * {@link io.procession.pool.PoolResults} is the outcome.
 *
 * <pre>
 * PoolResults sums = processes.pool().concurrency(4)
 *     .add("first", processes.command("sha256sum", "a.iso"))
 *     .add("second", processes.command("sha256sum", "b.iso"))
 *     .run()
 *     .throwIfAnyFailed();
 * String first = sums.get("first").output();
 * </pre>
 */
@NullMarked
package io.procession.pool;

import org.jspecify.annotations.NullMarked;
