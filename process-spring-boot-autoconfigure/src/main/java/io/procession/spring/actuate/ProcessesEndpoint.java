package io.procession.spring.actuate;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

import io.procession.ProcessManager;
import io.procession.execution.RunningProcess;
import io.procession.isolation.IsolationFeature;
import io.procession.isolation.IsolationSupport;
import io.procession.supervision.ProcessSupervisor;
import io.procession.supervision.ProgramStatus;

/**
 * Shows the running processes and the programs, and starts, stops and restarts programs.
 * Secrets are hidden. Reading is what it allows unless
 * {@code management.endpoint.processes.access} says otherwise. <i>Thread-safe.</i>
 */
@Endpoint(id = "processes", defaultAccess = Access.READ_ONLY)
public final class ProcessesEndpoint {

	private final ProcessManager manager;

	private final @Nullable ProcessSupervisor supervisor;

	/**
	 * A new endpoint.
	 * @param manager whose processes it shows
	 * @param supervisor whose programs it shows, if there is one
	 */
	public ProcessesEndpoint(ProcessManager manager, @Nullable ProcessSupervisor supervisor) {
		this.manager = manager;
		this.supervisor = supervisor;
	}

	/**
	 * Everything that runs, and all programs.
	 * @return processes, oldest first, and programs
	 */
	@ReadOperation
	public ProcessesDescriptor processes() {
		return describe((process) -> true, (program) -> true);
	}

	/**
	 * What runs under a name or a PID, and the program of that name.
	 * @param nameOrPid name of processes or of a program, or a PID
	 * @return processes and program, or {@code null} if there is neither
	 */
	@ReadOperation
	public @Nullable ProcessesDescriptor process(@Selector String nameOrPid) {
		ProcessesDescriptor found = describe(
				(process) -> process.name().equals(nameOrPid) || Long.toString(process.pid()).equals(nameOrPid),
				(program) -> program.name().equals(nameOrPid));
		return (found.processes().isEmpty() && found.programs().isEmpty()) ? null : found;
	}

	/**
	 * Starts, stops or restarts a program. Does not wait for it.
	 * @param name name of the program
	 * @param action what to do
	 * @return how the program is now, or 404 if there is none of that name
	 */
	@WriteOperation
	public WebEndpointResponse<ProgramStatus> change(@Selector String name, Action action) {
		if (this.supervisor == null || this.supervisor.find(name).isEmpty()) {
			return new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND);
		}
		CompletableFuture<ProgramStatus> settled = switch (action) {
			case START -> this.supervisor.start(name);
			case STOP -> this.supervisor.stop(name);
			case RESTART -> this.supervisor.restart(name);
		};
		return new WebEndpointResponse<>(settled.getNow(this.supervisor.find(name).orElseThrow()));
	}

	private ProcessesDescriptor describe(Predicate<RunningProcess> which, Predicate<ProgramStatus> whichPrograms) {
		Instant now = this.manager.timeSource().now();
		List<ProgramStatus> programs = (this.supervisor != null) ? this.supervisor.programs() : List.of();
		return new ProcessesDescriptor(this.manager.running()
			.stream()
			.filter(which)
			.map((process) -> ProcessDescriptor.of(process, now))
			.toList(), programs.stream().filter(whichPrograms).toList(), isolation());
	}

	private Map<String, String> isolation() {
		Map<String, String> works = new LinkedHashMap<>();
		IsolationSupport support = this.manager.isolation();
		for (IsolationFeature feature : IsolationFeature.values()) {
			works.put(feature.label(), support.whyNot(feature).orElse("works"));
		}
		return works;
	}

	/**
	 * What can be done to a program.
	 */
	public enum Action {

		/** Start it if it does not run. */
		START,
		/** Stop it; a second time while it is stopping: kill it. */
		STOP,
		/** Stop it if it runs, and start it. */
		RESTART

	}

	/**
	 * What the endpoint answers.
	 *
	 * @param processes what runs, oldest first
	 * @param programs how the programs are
	 * @param isolation what processes can be asked to be isolated by: {@code works}, or
	 * why it does not
	 */
	public record ProcessesDescriptor(List<ProcessDescriptor> processes, List<ProgramStatus> programs,
			Map<String, String> isolation) {

	}

	/**
	 * A running process.
	 *
	 * @param id id of its run, the same as in its events
	 * @param name what it is called
	 * @param pid its process ID
	 * @param command its command line, secrets hidden
	 * @param startedAt when it was started
	 * @param uptime for how long it runs
	 */
	public record ProcessDescriptor(String id, String name, long pid, String command, Instant startedAt,
			Duration uptime) {

		static ProcessDescriptor of(RunningProcess process, Instant now) {
			return new ProcessDescriptor(process.id(), process.name(), process.pid(), process.command().toString(),
					process.startedAt(), Duration.between(process.startedAt(), now));
		}

	}

}
