/**
 * The rows of the comparison, one class each behind
 * {@link io.procession.benchmarks.scenario.Scenario}, and what they are made of.
 */
@NullMarked
package io.procession.benchmarks.scenario;

import org.jspecify.annotations.NullMarked;
