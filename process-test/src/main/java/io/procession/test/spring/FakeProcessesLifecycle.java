package io.procession.test.spring;

import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.ContextClosedEvent;

import io.procession.test.ManualTime;

/**
 * Lets the clock run while the beans of a context are stopped, since Spring waits for
 * them by the machine's clock. There are two instances: one is stopped before all other
 * beans and lets the clock run, the other is stopped after them and stops the clock. This
 * is necessary because contexts are also paused between test classes, and the clock must
 * stand still during the pause and when the context is restarted.
 */
final class FakeProcessesLifecycle implements SmartLifecycle, ApplicationListener<ContextClosedEvent> {

	private final ApplicationContext context;

	private final ManualTime time;

	private final int phase;

	private volatile boolean running;

	private volatile boolean closed;

	FakeProcessesLifecycle(ApplicationContext context, ManualTime time, int phase) {
		this.context = context;
		this.time = time;
		this.phase = phase;
	}

	@Override
	public void start() {
		this.time.hold();
		this.running = true;
	}

	@Override
	public void stop() {
		this.running = false;
		if (this.phase == Integer.MAX_VALUE) {
			this.time.letGo();
		}
		else if (!this.closed) {
			this.time.hold();
		}
	}

	@Override
	public void onApplicationEvent(ContextClosedEvent event) {
		// ignore the event of a child context
		if (event.getApplicationContext() == this.context) {
			this.closed = true;
		}
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public int getPhase() {
		return this.phase;
	}

}
