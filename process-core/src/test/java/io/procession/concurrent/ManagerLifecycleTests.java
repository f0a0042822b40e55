package io.procession.concurrent;

import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ManagerLifecycleTests {

	private final ManagerLifecycle lifecycle = new ManagerLifecycle(
			new BackgroundLog(new WorkerThreads(), TimeSource.system()));

	private final AtomicInteger runs = new AtomicInteger();

	@Test
	void closesOnce() {
		assertThat(this.lifecycle.isClosing()).isFalse();

		assertThat(this.lifecycle.beginClose()).isTrue();

		assertThat(this.lifecycle.beginClose()).isFalse();
		assertThat(this.lifecycle.isClosing()).isTrue();
		assertThat(this.lifecycle.isStopped()).isFalse();
	}

	@Test
	void runsActionOnceWhenStopped() {
		this.lifecycle.onStopped(this.runs::incrementAndGet);
		this.lifecycle.beginClose();
		assertThat(this.runs).hasValue(0);

		this.lifecycle.stopped();
		this.lifecycle.stopped();
		this.lifecycle.closed();

		assertThat(this.lifecycle.isStopped()).isTrue();
		assertThat(this.runs).hasValue(1);
	}

	@Test
	void runsOtherActionsIfOneFails() {
		this.lifecycle.onStopped(() -> {
			throw new IllegalStateException("for the test");
		});
		this.lifecycle.onStopped(this.runs::incrementAndGet);
		this.lifecycle.onStopped(this.runs::incrementAndGet);
		this.lifecycle.beginClose();

		this.lifecycle.stopped();

		assertThat(this.runs).hasValue(2);
	}

	@Test
	void runsLateActionImmediately() {
		this.lifecycle.beginClose();
		this.lifecycle.stopped();

		this.lifecycle.onStopped(this.runs::incrementAndGet);

		assertThat(this.runs).hasValue(1);
	}

	@Test
	void removesAction() {
		Runnable forget = this.lifecycle.onStopped(this.runs::incrementAndGet);

		forget.run();
		this.lifecycle.beginClose();
		this.lifecycle.stopped();

		assertThat(this.runs).hasValue(0);
	}

	@Test
	void isStoppedWhenClosedAfterFailure() {
		this.lifecycle.onStopped(this.runs::incrementAndGet);
		this.lifecycle.beginClose();

		this.lifecycle.closed();

		assertThat(this.lifecycle.isStopped()).isTrue();
		assertThat(this.runs).hasValue(1);
		this.lifecycle.awaitClosed();
	}

}
