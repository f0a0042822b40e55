/**
 * Actuator endpoint {@code processes}, which shows running processes and programs.
 *
 * <p>
 * It can be read once it is exposed. Starting, stopping and restarting programs also
 * requires {@code management.endpoint.processes.access=unrestricted}.
 *
 * <pre>
 * GET  /actuator/processes
 * GET  /actuator/processes/worker                            (or a PID)
 * POST /actuator/processes/worker  {"action": "restart"}     (or start, stop)
 * </pre>
 */
@NullMarked
package io.procession.spring.actuate;

import org.jspecify.annotations.NullMarked;
