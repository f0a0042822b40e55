package io.procession.test.spring;

import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.ContextClosedEvent;

import io.procession.test.ManualTime;

/**
 * Lets the clock go while the beans of a context stop, for Spring waits for them by the
 * machine's clock. One of two stands before all others, one behind them: contexts are
 * also paused between test classes, and the clock has to stand before they go on, and
 * until then.
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
		// not that of a child
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
