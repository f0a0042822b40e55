/**
 * Supervision of programs: a {@link io.procession.supervision.Program} describes what to
 * run, a {@link io.procession.supervision.ProcessSupervisor} keeps it running, and a
 * {@link io.procession.supervision.ProgramStatus} is a snapshot of it.
 *
 * <p>
 * A {@link io.procession.supervision.RestartPolicy} determines when a program is
 * restarted. {@code ProgramTransition} is the state machine of a program, a pure
 * function. {@code SupervisedProgram} performs its decisions on the loop of
 * {@code SupervisorThreads}.
 *
 * <pre>
 * ProcessSupervisor supervisor = ProcessSupervisor.create(processes.launcher());
 * supervisor.add(Program.builder("worker", ProcessSpec.of(Command.of("php", "artisan", "queue:work")))
 *     .restart(RestartPolicy.always().withDelay(Duration.ofSeconds(5)))
 *     .build());
 * supervisor.start();
 * supervisor.programs().forEach((program) -&gt; log.info("{} is {}", program.name(), program.state()));
 * supervisor.restart("worker");
 * supervisor.close();
 * </pre>
 */
@NullMarked
package io.procession.supervision;

import org.jspecify.annotations.NullMarked;
