/**
 * Comparisons with what a user would pick instead:
 * {@link io.procession.benchmarks.Comparison} runs every row with its contenders
 * interleaved and prints ratios, {@link io.procession.benchmarks.RunBenchmark} is the JMH
 * view of one run.
 *
 * <p>
 * {@link io.procession.benchmarks.scenario} holds one class for each row,
 * {@link io.procession.benchmarks.runner} the ways to run a command and keep its output.
 * See {@code benchmarks/README.md}.
 *
 * <pre>
 * benchmarks/run --quick
 * benchmarks/run --rows run-true,capture --rounds 9
 * benchmarks/run --jmh -p runner=procession,zt-exec
 * </pre>
 */
@NullMarked
package io.procession.benchmarks;

import org.jspecify.annotations.NullMarked;
