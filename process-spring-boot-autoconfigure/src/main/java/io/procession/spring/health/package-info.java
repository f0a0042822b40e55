/**
 * Health of programs, one entry each, and of the process manager.
 *
 * <p>
 * {@code programs} is down if a program that is meant to run does not, as its failure
 * made it wait for a restart or nobody restarts it; {@code processes} is always up and
 * tells what this machine lacks. {@code management.health.programs.enabled} and
 * {@code management.health.processes.enabled} switch them off.
 *
 * <pre>
 * "programs": { "status": "DOWN", "components": {
 *     "worker": { "status": "DOWN", "details": { "state": "BACKOFF", "reason": "exited with 3", ... } } } }
 * </pre>
 */
@NullMarked
package io.procession.spring.health;

import org.jspecify.annotations.NullMarked;
