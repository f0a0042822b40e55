/**
 * Auto-configuration for Spring Boot: a {@link io.procession.ProcessManager} that is
 * configured by the {@code procession.*} properties and closed with the context. Each
 * feature has its own sub-package with its auto-configuration.
 *
 * <p>
 * {@link io.procession.spring.ProcessProperties} contains the settings for
 * {@code application.yml}; a {@link io.procession.spring.ProcessManagerCustomizer}
 * configures the manager in Java. Beans of type
 * {@link io.procession.event.ProcessListener} are notified of events.
 * {@link io.procession.process.Secret#reference(String) Referenced secrets} are read from
 * the environment. {@code procession.enabled=false} disables everything.
 *
 * <pre>
 * &#64;Service
 * class Importer {
 *
 *     private final ProcessManager processes;
 *
 *     Importer(ProcessManager processes) {
 *         this.processes = processes;
 *     }
 *
 *     void importFile(Path file) {
 *         this.processes.command("bash", "import.sh", file.toString()).run().throwIfFailed();
 *     }
 *
 * }
 * </pre>
 */
@NullMarked
package io.procession.spring;

import org.jspecify.annotations.NullMarked;
