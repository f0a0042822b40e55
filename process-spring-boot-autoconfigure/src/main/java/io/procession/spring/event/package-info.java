/**
 * Publishes what happens to processes as application events, each
 * {@link io.procession.event.ProcessEvent} as it is. {@code procession.events.enabled}
 * switches it off.
 *
 * <pre>
 * &#64;EventListener(condition = "#event.name == 'backup'")
 * void on(ProcessExited event) {
 *     log.info("Backup ended with {} after {}", event.exitCode(), event.duration());
 * }
 * </pre>
 */
@NullMarked
package io.procession.spring.event;

import org.jspecify.annotations.NullMarked;
