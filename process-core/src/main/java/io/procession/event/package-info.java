/**
 * What happened to processes: one record for each kind of event, and who is told.
 *
 * <p>
 * Events hold names, numbers and instants, never live objects nor secrets: everyone may
 * publish them, anyone may store them.
 *
 * <pre>
 * processes.addListener((event) -&gt; {
 *     if (event instanceof ProcessExited exited &amp;&amp; !exited.successful()) {
 *         log.warn("{} ended with {}", exited.name(), exited.exitCode());
 *     }
 * });
 * </pre>
 */
@NullMarked
package io.procession.event;

import org.jspecify.annotations.NullMarked;
