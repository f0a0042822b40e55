/**
 * The front door: {@link io.procession.ProcessManager}, and nothing else.
 *
 * <pre>
 * try (ProcessManager processes = ProcessManager.create()) {
 *     String branch = processes.run("git", "branch", "--show-current").throwIfFailed().output();
 * }
 * </pre>
 */
@NullMarked
package io.procession;

import org.jspecify.annotations.NullMarked;
