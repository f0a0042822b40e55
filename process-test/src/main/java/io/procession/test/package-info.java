/**
 * Support for testing applications that run processes.
 *
 * <ul>
 * <li>{@link io.procession.test.FakeProcesses}: processes that are described by stubs
 * instead of being started
 * <li>{@link io.procession.test.ProcessAssertions}: assertions about executed commands
 * and their results, to be imported statically
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
 *
 * <h2>Execution of fakes</h2>
 *
 * The engine of the fakes replaces the clock and all threads of the library. All
 * background work consists of tasks of a single scheduler, which executes one task at a
 * time. A thread that is not the thread of a task is external: the thread of the test, or
 * one of the code under test.
 *
 * <pre>
 * a task:        ready ---&gt; running ---&gt; ended
 *                  ^          |  ^  \
 *                  |          v  |   v
 *                (due)     waiting   away: waits for something other than the clock
 *
 * an external    elsewhere ---&gt; calling ---&gt; settling ---&gt; elsewhere
 * thread:            |                          ^
 *                    v                          |
 *                 waiting ------------------&gt; resumed ---&gt; elsewhere
 *
 * the clock:     stands still ---&gt; moves to the next due time ---&gt; stands still
 *                  It moves when no task is ready or running, no task has been away for
 *                  less than 5 s, and no external thread is calling, settling or resumed.
 *                  The thread of the test moves it while it waits or calls advance(...).
 * </pre>
 *
 * The thread that lets tasks execute is the driver. It is an external thread that waits,
 * calls {@code advance(...)}, or settles, which means that it executes the tasks that its
 * call has caused before the call returns. While there is no driver, a background driver
 * executes the tasks that do not belong to a call.
 */
@NullMarked
package io.procession.test;

import org.jspecify.annotations.NullMarked;
