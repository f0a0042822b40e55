/**
 * Values that describe processes: what to execute, how it ended, and what can fail.
 * Nothing in this package starts a process.
 *
 * <p>
 * {@link io.procession.process.Command} is the argument vector,
 * {@link io.procession.process.ProcessSpec} the complete definition of an execution as
 * data, {@link io.procession.process.ProcessResult} its result, and
 * {@link io.procession.process.ProcessException} the base class of all exceptions.
 *
 * <pre>
 * ProcessSpec backup = ProcessSpec.builder(Command.of("pg_dump", "shop"))
 *     .name("backup")
 *     .directory(Path.of("/srv/backup"))
 *     .timeout(Duration.ofMinutes(10))
 *     .build();
 * ProcessResult result = processes.pending(backup).run();
 * </pre>
 */
@NullMarked
package io.procession.process;

import org.jspecify.annotations.NullMarked;
