/**
 * Meters of processes for any {@code MeterRegistry}. For their names, see
 * {@link io.procession.spring.metrics.ProcessMeters}.
 * {@code procession.metrics.enabled=false} disables them.
 *
 * <pre>
 * GET /actuator/metrics/procession.execution?tag=name:backup&amp;tag=outcome:SUCCESS
 * </pre>
 */
@NullMarked
package io.procession.spring.metrics;

import org.jspecify.annotations.NullMarked;
