package io.procession.spring.health;

import java.util.List;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

import io.procession.ProcessManager;

/**
 * {@link HealthIndicator} for the process manager. It is always up, and shows the number
 * of running processes and the limitations of the current platform.
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
