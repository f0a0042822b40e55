/**
 * What tests of applications that run processes need.
 *
 * <ul>
 * <li>{@link io.procession.test.FakeProcesses}: processes that are told instead of
 * started
 * <li>{@link io.procession.test.ProcessAssertions}: assertions about what was run and how
 * it ended, to be imported statically
 * </ul>
 *
 * <pre class="code">
 * import static io.procession.test.ProcessAssertions.assertThat;
 *
 * FakeProcesses processes = FakeProcesses.create();
 * processes.stub("git status *").outputLines("M README.md");
 *
 * ProcessResult result = processes.manager().run("git", "status", "--short");
 *
 * assertThat(result).isSuccessful().hasOutput("M README.md");
 * assertThat(processes).ran("git", "status", "--short");
 * </pre>
 */
@NullMarked
package io.procession.test;

import org.jspecify.annotations.NullMarked;
