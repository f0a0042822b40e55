package io.procession.test;

import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * Scheduler by a clock that is moved manually. It is never shut down because it has no
 * threads.
 */
final class ManualScheduler extends AbstractExecutorService implements ScheduledExecutorService {

	private final DeterministicScheduler scheduler;

	ManualScheduler(DeterministicScheduler scheduler) {
		this.scheduler = scheduler;
	}

	@Override
	public void execute(Runnable task) {
		this.scheduler.execute(task);
	}

	@Override
	public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
		return schedule(new Task<>(Executors.callable(task), 0, false), unit.toNanos(delay));
	}

	@Override
	public <V> ScheduledFuture<V> schedule(Callable<V> task, long delay, TimeUnit unit) {
		return schedule(new Task<>(task, 0, false), unit.toNanos(delay));
	}

	@Override
	public ScheduledFuture<?> scheduleAtFixedRate(Runnable task, long delay, long period, TimeUnit unit) {
		return schedule(new Task<>(Executors.callable(task), positive(period, unit), true), unit.toNanos(delay));
	}

	@Override
	public ScheduledFuture<?> scheduleWithFixedDelay(Runnable task, long delay, long pause, TimeUnit unit) {
		return schedule(new Task<>(Executors.callable(task), positive(pause, unit), false), unit.toNanos(delay));
	}

	private static long positive(long duration, TimeUnit unit) {
		if (duration <= 0) {
			throw new IllegalArgumentException("The interval of a periodic task must be positive: " + duration);
		}
		return unit.toNanos(duration);
	}

	private <V> Task<V> schedule(Task<V> task, long delay) {
		task.due = this.scheduler.in(delay);
		task.timer = this.scheduler.schedule(task, task.due);
		return task;
	}

	@Override
	public void shutdown() {
	}

	@Override
	public List<Runnable> shutdownNow() {
		return List.of();
	}

	@Override
	public boolean isShutdown() {
		return false;
	}

	@Override
	public boolean isTerminated() {
		return false;
	}

	@Override
	public boolean awaitTermination(long timeout, TimeUnit unit) {
		return false;
	}

	private final class Task<V> extends FutureTask<V> implements ScheduledFuture<V> {

		private final long interval;

		private final boolean fixedRate;

		private volatile long due;

		private volatile @Nullable Timer timer;

		private Task(Callable<V> task, long interval, boolean fixedRate) {
			super(task);
			this.interval = interval;
			this.fixedRate = fixedRate;
		}

		@Override
		public void run() {
			if (this.interval == 0) {
				super.run();
			}
			else if (runAndReset()) {
				this.due = DeterministicScheduler.sum(this.fixedRate ? this.due : ManualScheduler.this.scheduler.now(),
						this.interval);
				this.timer = ManualScheduler.this.scheduler.schedule(this, this.due);
			}
		}

		@Override
		public boolean cancel(boolean mayInterrupt) {
			boolean cancelled = super.cancel(mayInterrupt);
			Timer present = this.timer;
			if (present != null) {
				ManualScheduler.this.scheduler.cancel(present);
			}
			return cancelled;
		}

		@Override
		public long getDelay(TimeUnit unit) {
			return unit.convert(this.due - ManualScheduler.this.scheduler.now(), TimeUnit.NANOSECONDS);
		}

		@Override
		public int compareTo(Delayed other) {
			return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
		}

	}

}
