/**
 * The words of a process: what to run, how it ended, what can fail. Values only, nothing
 * here starts anything.
 *
 * <p>
 * {@link io.procession.process.Command} is the argument vector,
 * {@link io.procession.process.ProcessSpec} everything one can say about a run as data,
 * {@link io.procession.process.ProcessResult} how it ended,
 * {@link io.procession.process.ProcessException} the family of what can fail.
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
