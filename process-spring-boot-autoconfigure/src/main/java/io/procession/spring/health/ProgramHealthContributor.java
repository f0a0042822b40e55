package io.procession.spring.health;

import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

import io.procession.supervision.ProcessSupervisor;
import io.procession.supervision.ProgramStatus;

/**
 * {@link CompositeHealthContributor} with the health of each program. A program is down
 * if it has failed and waits for its restart or is not restarted, or if it is lost. A
 * program that is stopped, starting or stopping is unknown, which is the least severe
 * status.
 */
final class ProgramHealthContributor implements CompositeHealthContributor {

	private final ProcessSupervisor supervisor;

	ProgramHealthContributor(ProcessSupervisor supervisor) {
		this.supervisor = supervisor;
	}

	@Override
	public @Nullable HealthContributor getContributor(String name) {
		return this.supervisor.find(name).isPresent() ? indicator(name) : null;
	}

	@Override
	public Stream<Entry> stream() {
		return this.supervisor.programs()
			.stream()
			.map((program) -> new Entry(program.name(), indicator(program.name())));
	}

	private HealthIndicator indicator(String name) {
		return () -> this.supervisor.find(name).map(ProgramHealthContributor::health).orElseThrow();
	}

	private static Health health(ProgramStatus program) {
		Health.Builder health = Health.status(status(program))
			.withDetail("state", program.state())
			.withDetail("reason", program.reason())
			.withDetail("since", program.since())
			.withDetail("restarts", program.restarts());
		if (program.pid() != null) {
			health.withDetail("pid", program.pid());
		}
		if (program.lastExitCode() != null) {
			health.withDetail("lastExitCode", program.lastExitCode());
		}
		return health.build();
	}

	private static Status status(ProgramStatus program) {
		return switch (program.state()) {
			case RUNNING -> Status.UP;
			case EXITED -> program.lastFailed() ? Status.DOWN : Status.UP;
			case BACKOFF -> program.lastFailed() ? Status.DOWN : Status.UNKNOWN;
			case FATAL, LOST -> Status.DOWN;
			case STOPPED, STARTING, STOPPING -> Status.UNKNOWN;
		};
	}

}
