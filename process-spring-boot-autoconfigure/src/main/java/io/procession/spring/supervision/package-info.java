/**
 * Programs from {@code application.yml} and from
 * {@link io.procession.supervision.Program} beans. They are started and stopped with the
 * context by the {@link io.procession.supervision.ProcessSupervisor} bean.
 *
 * <p>
 * {@link io.procession.spring.supervision.SupervisionProperties} contains the settings,
 * {@code ProgramFactory} creates a program from them, and {@code SupervisorLifecycle}
 * starts and stops the programs. If a program can never run as configured (no command, an
 * open quote, an invalid name), the application fails to start. If only its executable or
 * directory is missing, the application starts: the failure is logged as an error, the
 * health of the program is down, and its restart policy applies.
 * {@code procession.supervision.enabled=false} disables everything.
 *
 * <pre>
 * procession:
 *   programs:
 *     worker:
 *       command: ["php", "artisan", "queue:work"]   # or a string, split by POSIX quoting
 *       directory: /srv/shop
 *       environment: { APP_ENV: production }
 *       restart: { policy: always, delay: 5s }
 *       stop-grace: 30s
 * </pre>
 */
@NullMarked
package io.procession.spring.supervision;

import org.jspecify.annotations.NullMarked;
