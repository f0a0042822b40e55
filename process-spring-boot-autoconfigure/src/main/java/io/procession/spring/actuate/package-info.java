/**
 * The actuator endpoint {@code processes}: what runs, and how the programs are.
 *
 * <p>
 * It answers to reading once it is exposed; to start, stop and restart programs needs
 * {@code management.endpoint.processes.access=unrestricted}, too.
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
