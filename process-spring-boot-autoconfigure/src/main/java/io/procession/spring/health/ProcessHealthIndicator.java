package io.procession.spring.health;

import java.util.List;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

import io.procession.ProcessManager;

/**
 * How the process manager is: always up, with how many processes run and what this
 * machine lacks for all promises to hold.
 */
final class ProcessHealthIndicator implements HealthIndicator {

	private final ProcessManager manager;

	ProcessHealthIndicator(ProcessManager manager) {
		this.manager = manager;
	}

	@Override
	public Health health() {
		Health.Builder health = Health.up().withDetail("running", this.manager.running().size());
		List<String> limitations = this.manager.limitations();
		if (!limitations.isEmpty()) {
			health.withDetail("limitations", limitations);
		}
		return health.build();
	}

}
