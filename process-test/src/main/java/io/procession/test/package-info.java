/**
 * Support for testing applications that run processes.
 *
 * <ul>
 * <li>{@link io.procession.test.FakeProcesses}: processes that are described instead of
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
 *
 * <h2>How the fakes run</h2>
 *
 * The fakes' engine replaces the clock and all threads of the library. Everything in the
 * background is a task of one scheduler, which runs one task at a time. A thread that is
 * no task is external: the thread of the test, or one of the code under test.
 *
 * <pre>
 * a task:        ready ---&gt; running ---&gt; ended
 *                  ^          |  ^  \
 *                  |          v  |   v
 *                (due)     waiting   away: waits for something else
 *
 * an external    elsewhere ---&gt; calling ---&gt; settling ---&gt; elsewhere
 * thread:            |                          ^
 *                    v                          |
 *                 waiting ------------------&gt; resumed ---&gt; elsewhere
 *
 * the clock:     stands ---&gt; moves to what is due next ---&gt; stands
 *                  when no task is ready or running, no task is away for less than
 *                  5 s, and no external thread is calling, settling or resumed; moved by
 *                  the thread of the test while it waits or calls advance(...)
 * </pre>
 *
 * The thread that runs the tasks is the driver: an external thread that waits, that calls
 * {@code advance(...)} or that settles, which is to run what its call has set off before
 * it returns. While there is none, a background driver runs what belongs to no call.
 */
@NullMarked
package io.procession.test;

import org.jspecify.annotations.NullMarked;
