/**
 * Publication of each {@link io.procession.event.ProcessEvent} as an application event.
 * {@code procession.events.enabled=false} disables it.
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
