/**
 * Lifecycle events of processes: one record per kind of event, and the listener that
 * receives them. The events of features, such as those of programs, are in the packages
 * of the features and extend {@link io.procession.event.ProcessionEvent}.
 *
 * <p>
 * Events contain names, numbers and instants, but never live objects or secrets, so that
 * they can be published and stored anywhere.
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
