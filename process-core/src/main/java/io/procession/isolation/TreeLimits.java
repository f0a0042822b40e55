package io.procession.isolation;

import org.jspecify.annotations.Nullable;

/**
 * What a process and everything that it starts may use together; see {@code cgroups(7)}.
 * <i>Immutable.</i> Linux only, and only where version 2 of the control groups has a
 * directory that the JVM may write to: {@link IsolationSupport} tells.
 *
 * @param memory bytes of memory, swap excluded; the kernel kills inside the tree when
 * they do not suffice
 * @param cpus CPU time per time, in CPUs: 0.5 is half of one, 2 is two
 * @param tasks processes and threads; a fork beyond them fails
 */
public record TreeLimits(@Nullable Long memory, @Nullable Double cpus, @Nullable Long tasks) {

	private static final TreeLimits NONE = new TreeLimits(null, null, null);

	/**
	 * Checks the numbers.
	 * @param memory bytes of memory
	 * @param cpus CPU time per time
	 * @param tasks processes and threads
	 */
	public TreeLimits {
		if (memory != null && memory < 1) {
			throw new IllegalArgumentException("limits.memory must be positive: " + memory);
		}
		// a hundredth of a CPU is the least that the kernel takes: 1 ms in 100 ms
		if (cpus != null && !(cpus >= 0.01 && cpus <= 100_000)) {
			throw new IllegalArgumentException("limits.cpus must be at least 0.01: " + cpus);
		}
		if (tasks != null && tasks < 1) {
			throw new IllegalArgumentException("limits.tasks must be at least 1: " + tasks);
		}
	}

	/**
	 * No limits.
	 * @return none
	 */
	public static TreeLimits none() {
		return NONE;
	}

	/**
	 * Bounds the memory of the tree.
	 * @param bytes positive
	 * @return a changed copy
	 */
	public TreeLimits withMemory(long bytes) {
		return new TreeLimits(bytes, this.cpus, this.tasks);
	}

	/**
	 * Bounds the share of the machine's CPUs.
	 * @param value at least 0.01; 1.5 is one CPU and a half
	 * @return a changed copy
	 */
	public TreeLimits withCpus(double value) {
		return new TreeLimits(this.memory, value, this.tasks);
	}

	/**
	 * Bounds the number of processes and threads.
	 * @param count at least 1
	 * @return a changed copy
	 */
	public TreeLimits withTasks(long count) {
		return new TreeLimits(this.memory, this.cpus, count);
	}

	/**
	 * Whether nothing is bounded.
	 * @return whether it is empty
	 */
	public boolean isEmpty() {
		return this.memory == null && this.cpus == null && this.tasks == null;
	}

	TreeLimits over(TreeLimits defaults) {
		return new TreeLimits(Isolation.first(this.memory, defaults.memory), Isolation.first(this.cpus, defaults.cpus),
				Isolation.first(this.tasks, defaults.tasks));
	}

}
