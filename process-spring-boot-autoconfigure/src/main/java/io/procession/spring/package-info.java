/**
 * The core beans: a {@link io.procession.ProcessManager}, made of the
 * {@code procession.*} properties and closed with the context. Each feature has a package
 * of its own below, with its auto-configuration beside it.
 *
 * <p>
 * {@link io.procession.spring.ProcessProperties} is what can be said in
 * {@code application.yml}, {@link io.procession.spring.ProcessManagerCustomizer} what can
 * be said in Java; beans of type {@link io.procession.event.ProcessListener} are told
 * what happens, {@link io.procession.process.Secret#reference(String) referenced secrets}
 * are read from the environment. {@code procession.enabled=false} switches everything
 * off.
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
