/**
 * Health of the process manager and of each program.
 *
 * <p>
 * {@code programs} is down if a program has failed and waits for its restart or is not
 * restarted, or if it is lost. {@code processes} is always up and shows the limitations
 * of the current platform. {@code management.health.programs.enabled=false} and
 * {@code management.health.processes.enabled=false} disable them.
 *
 * <pre>
 * "programs": { "status": "DOWN", "components": {
 *     "worker": { "status": "DOWN", "details": { "state": "BACKOFF", "reason": "exited with 3", ... } } } }
 * </pre>
 */
@NullMarked
package io.procession.spring.health;

import org.jspecify.annotations.NullMarked;
