package io.procession.test.spring;

import org.springframework.context.SmartLifecycle;

import io.procession.test.ManualTime;

/**
 * Lets the clock go when the context closes, before anything else stops: Spring waits for
 * what stops by the machine's clock.
 */
final class FakeProcessesLifecycle implements SmartLifecycle {

	private final ManualTime time;

	private volatile boolean running;

	FakeProcessesLifecycle(ManualTime time) {
		this.time = time;
	}

	@Override
	public void start() {
		this.running = true;
	}

	@Override
	public void stop() {
		this.running = false;
		this.time.letGo();
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	// a context that is paused between test classes goes on later
	@Override
	public boolean isPauseable() {
		return false;
	}

	@Override
	public int getPhase() {
		return Integer.MAX_VALUE;
	}

}
