package io.procession.supervision;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A scheduler whose tasks run when the test says so, even those that were cancelled: a
 * timer that fires while it is being cancelled does so, too.
 */
final class ManualScheduler extends ScheduledThreadPoolExecutor {

	private final List<Task> tasks = new ArrayList<>();

	ManualScheduler() {
		super(0);
	}

	@Override
	public synchronized ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
		Task task = new Task(command, Duration.of(delay, unit.toChronoUnit()));
		this.tasks.add(task);
		return task;
	}

	synchronized List<Duration> delays() {
		return this.tasks.stream().map((task) -> task.delay).toList();
	}

	synchronized List<Boolean> cancelled() {
		return this.tasks.stream().map(Task::isCancelled).toList();
	}

	void fire(int index) {
		Task task;
		synchronized (this) {
			task = this.tasks.get(index);
		}
		task.command.run();
	}

	private static final class Task extends FutureTask<Void> implements ScheduledFuture<Void> {

		private final Runnable command;

		private final Duration delay;

		private Task(Runnable command, Duration delay) {
			super(command, null);
			this.command = command;
			this.delay = delay;
		}

		@Override
		public long getDelay(TimeUnit unit) {
			return unit.convert(this.delay);
		}

		@Override
		public int compareTo(Delayed other) {
			return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
		}

	}

}
