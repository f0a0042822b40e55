/**
 * The main entry point of the library: {@link io.procession.ProcessManager}.
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
