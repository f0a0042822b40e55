/**
 * Meters of processes, in any {@code MeterRegistry}:
 * {@link io.procession.spring.metrics.ProcessMeters} names them all.
 * {@code procession.metrics.enabled} switches them off.
 *
 * <pre>
 * GET /actuator/metrics/procession.execution?tag=name:backup&amp;tag=outcome:SUCCESS
 * </pre>
 */
@NullMarked
package io.procession.spring.metrics;

import org.jspecify.annotations.NullMarked;
