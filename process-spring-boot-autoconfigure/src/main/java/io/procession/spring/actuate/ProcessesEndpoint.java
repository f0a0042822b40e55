package io.procession.spring.actuate;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.annotation.RegisterReflectionForBinding;
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
		return new ProcessesDescriptor(running((process) -> true), programs((program) -> true), isolation());
	}

	/**
	 * What runs under a name or a PID, and the program of that name.
	 * @param nameOrPid name of processes or of a program, or a PID
	 * @return processes and program, or {@code null} if there is neither
	 */
	@ReadOperation
	public @Nullable NamedProcessesDescriptor process(@Selector String nameOrPid) {
		List<ProcessDescriptor> processes = running(
				(process) -> process.name().equals(nameOrPid) || Long.toString(process.pid()).equals(nameOrPid));
		List<ProgramStatus> programs = programs((program) -> program.name().equals(nameOrPid));
		return (processes.isEmpty() && programs.isEmpty()) ? null : new NamedProcessesDescriptor(processes, programs);
	}

	/**
	 * Start, stop or restart a program. Does not wait for it.
	 * @param name name of the program
	 * @param action {@code start}: start it if it does not run. {@code stop}: stop it; a
	 * second time while it is stopping: kill it. {@code restart}: stop it if it runs, and
	 * start it. In any case
	 * @return how the program is now; 404 if there is none of that name, 400 with the
	 * actions if there is no such action
	 */
	@WriteOperation
	@RegisterReflectionForBinding({ ProgramStatus.class, UnknownActionDescriptor.class })
	public WebEndpointResponse<Object> change(@Selector String name, @Nullable String action) {
		if (this.supervisor == null || this.supervisor.find(name).isEmpty()) {
			return new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND);
		}
		CompletableFuture<ProgramStatus> settled;
		switch ((action != null) ? action.toLowerCase(Locale.ROOT) : "") {
			case "start" -> settled = this.supervisor.start(name);
			case "stop" -> settled = this.supervisor.stop(name);
			case "restart" -> settled = this.supervisor.restart(name);
			default -> {
				return new WebEndpointResponse<>(
						new UnknownActionDescriptor("There is no such action: set 'action' to one of 'actions'",
								List.of("start", "stop", "restart")),
						WebEndpointResponse.STATUS_BAD_REQUEST);
			}
		}
		return new WebEndpointResponse<>(settled.getNow(this.supervisor.find(name).orElseThrow()));
	}

	private List<ProcessDescriptor> running(Predicate<RunningProcess> which) {
		Instant now = this.manager.timeSource().now();
		return this.manager.running()
			.stream()
			.filter(which)
			.map((process) -> ProcessDescriptor.of(process, now))
			.toList();
	}

	private List<ProgramStatus> programs(Predicate<ProgramStatus> which) {
		return (this.supervisor != null) ? this.supervisor.programs().stream().filter(which).toList() : List.of();
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
	 * What the endpoint answers for a name or a PID.
	 *
	 * @param processes what runs, oldest first
	 * @param programs the program of that name, if there is one
	 */
	public record NamedProcessesDescriptor(List<ProcessDescriptor> processes, List<ProgramStatus> programs) {

	}

	/**
	 * What the endpoint answers to an action that it does not know.
	 *
	 * @param message what was wrong
	 * @param actions the actions that there are
	 */
	public record UnknownActionDescriptor(String message, List<String> actions) {

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
