/**
 * Many processes at once, bounded: {@link io.procession.pool.ProcessPool} is what one
 * writes, {@link io.procession.pool.RunningPool} the live handle,
 * {@link io.procession.pool.PoolResults} the outcome.
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
