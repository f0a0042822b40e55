/**
 * Keeps programs alive: {@link io.procession.supervision.Program} is what one writes,
 * {@link io.procession.supervision.ProcessSupervisor} the live handle,
 * {@link io.procession.supervision.ProgramStatus} what it tells.
 *
 * <p>
 * {@link io.procession.supervision.RestartPolicy} says which ends call for a restart.
 * {@code ProgramTransition} is the state machine of a program, a pure function;
 * {@code SupervisedProgram} does what it decides, on the loop of
 * {@code SupervisorThreads}.
 *
 * <pre>
 * ProcessSupervisor supervisor = ProcessSupervisor.create(processes);
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
