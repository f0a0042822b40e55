package io.procession.testing;

import java.time.Instant;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;

import org.jspecify.annotations.Nullable;

import io.procession.concurrent.TimeSource;

/**
 * The clocks of the machine, with threads that a test can inspect or block.
 */
public final class MachineTime implements TimeSource {

	private final @Nullable ScheduledExecutorService scheduler;

	private final @Nullable Executor executor;

	private MachineTime(@Nullable ScheduledExecutorService scheduler, @Nullable Executor executor) {
		this.scheduler = scheduler;
		this.executor = executor;
	}

	public static MachineTime with(ScheduledExecutorService scheduler) {
		return new MachineTime(scheduler, null);
	}

	public static MachineTime with(Executor executor) {
		return new MachineTime(null, executor);
	}

	@Override
	public Instant now() {
		return Instant.now();
	}

	@Override
	public long nanoTime() {
		return System.nanoTime();
	}

	@Override
	public @Nullable ScheduledExecutorService scheduler() {
		return this.scheduler;
	}

	@Override
	public @Nullable Executor executor() {
		return this.executor;
	}

}
