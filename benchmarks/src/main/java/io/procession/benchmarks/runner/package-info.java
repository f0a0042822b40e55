/**
 * Ways to run a command to its end and keep both of its streams, each written as its
 * users would write it.
 */
@NullMarked
package io.procession.benchmarks.runner;

import org.jspecify.annotations.NullMarked;
