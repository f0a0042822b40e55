package io.procession.spring.actuate;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

import io.procession.ProcessManager;
import io.procession.execution.RunningProcess;
import io.procession.isolation.IsolationFeature;
import io.procession.isolation.IsolationSupport;
import io.procession.supervision.ProcessSupervisor;
import io.procession.supervision.ProgramStatus;

/**
 * {@link Endpoint @Endpoint} that shows the running processes and the programs, and
 * starts, stops and restarts programs. Secrets are hidden. By default, access is
 * read-only; configure it by {@code management.endpoint.processes.access}.
 * <i>Thread-safe.</i>
 */
@Endpoint(id = "processes", defaultAccess = Access.READ_ONLY)
public final class ProcessesEndpoint {

	private final ProcessManager manager;

	private final @Nullable ProcessSupervisor supervisor;

	/**
	 * Create an endpoint.
	 * @param manager the manager of the processes to show
	 * @param supervisor the supervisor of the programs to show, if there is one
	 */
	public ProcessesEndpoint(ProcessManager manager, @Nullable ProcessSupervisor supervisor) {
		this.manager = manager;
		this.supervisor = supervisor;
	}

	/**
	 * Return all running processes and all programs.
	 * @return processes, oldest first, and programs
	 */
	@ReadOperation
	public ProcessesDescriptor processes() {
		return new ProcessesDescriptor(running((process) -> true), programs((program) -> true), isolation());
	}

	/**
	 * Return the running processes with a name or PID, and the program with that name.
	 * @param nameOrPid name of processes or of a program, or a PID
	 * @return processes and program, or {@code null} if there are neither
	 */
	@ReadOperation
	public @Nullable NamedProcessesDescriptor process(@Selector String nameOrPid) {
		List<ProcessDescriptor> processes = running(
				(process) -> process.name().equals(nameOrPid) || Long.toString(process.pid()).equals(nameOrPid));
		List<ProgramStatus> programs = programs((program) -> program.name().equals(nameOrPid));
		return (processes.isEmpty() && programs.isEmpty()) ? null : new NamedProcessesDescriptor(processes, programs);
	}

	/**
	 * Start, stop or restart a program, without waiting for it.
	 * @param name name of the program
	 * @param action {@code start} starts the program unless it is running. {@code stop}
	 * stops it, or kills it if it is already stopping. {@code restart} stops the program
	 * if it is running, and starts it. Not case-sensitive
	 * @return the current status of the program
	 * @throws IllegalArgumentException if there is no such program or action
	 */
	@WriteOperation
	public ProgramStatus change(@Selector String name, @Nullable String action) {
		ProgramStatus before = program(name);
		if (this.supervisor == null || before == null) {
			throw new IllegalArgumentException("No such program '" + name + "'; programs are: "
					+ programs((program) -> true).stream().map(ProgramStatus::name).toList());
		}
		Action known = Action.of(action);
		if (known == null) {
			throw new IllegalArgumentException("Unknown action: set 'action' to one of " + Action.names());
		}
		CompletableFuture<ProgramStatus> settled = switch (known) {
			case START -> this.supervisor.start(name);
			case STOP -> this.supervisor.stop(name);
			case RESTART -> this.supervisor.restart(name);
		};
		return settled.getNow(this.supervisor.find(name).orElse(before));
	}

	/** Return the status of a program, or {@code null} if there is no such program. */
	@Nullable ProgramStatus program(String name) {
		return (this.supervisor != null) ? this.supervisor.find(name).orElse(null) : null;
	}

	private List<ProcessDescriptor> running(Predicate<RunningProcess> which) {
		Instant now = this.manager.launcher().timeSource().now();
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

	/** Change of a program. */
	enum Action {

		START, STOP, RESTART;

		/** Return the action with a name, or {@code null} if there is none. */
		static @Nullable Action of(@Nullable String name) {
			return Arrays.stream(values())
				.filter((action) -> action.label().equalsIgnoreCase(name))
				.findAny()
				.orElse(null);
		}

		static List<String> names() {
			return Arrays.stream(values()).map(Action::label).toList();
		}

		private String label() {
			return name().toLowerCase(Locale.ROOT);
		}

	}

	/**
	 * Description of all processes and programs.
	 *
	 * @param processes running processes, oldest first
	 * @param programs status of the programs
	 * @param isolation support for each isolation feature: {@code works}, or the reason
	 * why it does not
	 */
	public record ProcessesDescriptor(List<ProcessDescriptor> processes, List<ProgramStatus> programs,
			Map<String, String> isolation) {

	}

	/**
	 * Description of the processes and the program with a name or PID.
	 *
	 * @param processes running processes, oldest first
	 * @param programs status of the program with that name, if there is one
	 */
	public record NamedProcessesDescriptor(List<ProcessDescriptor> processes, List<ProgramStatus> programs) {

	}

	/**
	 * Description of a running process.
	 *
	 * @param executionId ID of the execution, the same as in its events
	 * @param name name of the process
	 * @param pid its process ID
	 * @param command its command line, with secrets hidden
	 * @param startedAt time at which it was started
	 * @param uptime time since it was started
	 */
	public record ProcessDescriptor(String executionId, String name, long pid, String command, Instant startedAt,
			Duration uptime) {

		static ProcessDescriptor of(RunningProcess process, Instant now) {
			return new ProcessDescriptor(process.executionId(), process.name(), process.pid(),
					process.command().toString(), process.startedAt(), Duration.between(process.startedAt(), now));
		}

	}

}
