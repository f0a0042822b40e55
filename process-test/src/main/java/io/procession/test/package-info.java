/**
 * What tests of applications that run processes need.
 *
 * <ul>
 * <li>{@link io.procession.test.ProcessAssertions}: the door, to be imported statically
 * <li>{@link io.procession.test.ProcessResultAssert}: what can be said about a result
 * </ul>
 *
 * <pre class="code">
 * import static io.procession.test.ProcessAssertions.assertThat;
 *
 * ProcessResult result = processes.run("git", "status", "--short");
 *
 * assertThat(result).isSuccessful().hasOutput("");
 * assertThat(processes.run("sh", "-c", "exit 3")).hasFailed().hasExitCode(3);
 * </pre>
 */
@NullMarked
package io.procession.test;

import org.jspecify.annotations.NullMarked;
