package io.procession.concurrent;

import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class CloseSignalTests {

	private final CloseSignal closed = new CloseSignal(new BackgroundLog(new WorkerThreads(), TimeSource.system()));

	private final AtomicInteger runs = new AtomicInteger();

	@Test
	void runsActionOnceWhenClosed() {
		this.closed.add(this.runs::incrementAndGet);
		assertThat(this.closed.get()).isFalse();
		assertThat(this.runs).hasValue(0);

		this.closed.set();
		this.closed.set();

		assertThat(this.closed.get()).isTrue();
		assertThat(this.runs).hasValue(1);
	}

	@Test
	void runsLateActionImmediately() {
		this.closed.set();

		this.closed.add(this.runs::incrementAndGet);

		assertThat(this.runs).hasValue(1);
	}

	@Test
	void removesAction() {
		Runnable forget = this.closed.add(this.runs::incrementAndGet);

		forget.run();
		this.closed.set();

		assertThat(this.runs).hasValue(0);
	}

}
