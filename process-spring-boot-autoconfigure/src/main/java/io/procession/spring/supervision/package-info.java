/**
 * Programs from {@code application.yml} and from
 * {@link io.procession.supervision.Program} beans, started and stopped with the context
 * by the {@link io.procession.supervision.ProcessSupervisor} bean.
 *
 * <p>
 * {@link io.procession.spring.supervision.SupervisionProperties} is what can be said,
 * {@code ProgramFactory} turns it into a program, {@code SupervisorLifecycle} starts and
 * stops. A program that can never run as it is written (no command, an open quote, a bad
 * name) fails the start of the application. One whose executable or directory is not
 * there does not: it is logged as an error, its health is down, and its restart policy
 * goes on trying. {@code procession.supervision.enabled} switches everything off.
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
