package io.procession.isolation;

import org.jspecify.annotations.Nullable;

import io.procession.lang.CheckReturnValue;

/**
 * Resource limits that a process and all its descendants share; see {@code cgroups(7)}. A
 * limit that is {@code null} is not set. <i>Immutable.</i> Linux only, and only with a
 * control group directory (version 2) that is writable for the JVM; see
 * {@link IsolationSupport}.
 *
 * @param memory maximum memory in bytes, without swap; if it is exceeded, the kernel
 * kills processes of the tree
 * @param cpus maximum CPU time per elapsed time, in CPUs: 0.5 is half a CPU, 2 is two
 * CPUs
 * @param tasks maximum number of processes and threads; a fork beyond it fails
 */
@CheckReturnValue
public record TreeLimits(@Nullable Long memory, @Nullable Double cpus, @Nullable Long tasks) {

	private static final TreeLimits NONE = new TreeLimits(null, null, null);

	/**
	 * Create tree limits.
	 * @param memory maximum memory in bytes
	 * @param cpus maximum CPU time per elapsed time
	 * @param tasks maximum number of processes and threads
	 * @throws IllegalArgumentException if a limit is out of range
	 */
	public TreeLimits {
		if (memory != null && memory < 1) {
			throw new IllegalArgumentException("limits.memory must be positive: " + memory);
		}
		// the kernel accepts no less than a hundredth of a CPU: 1 ms in 100 ms
		if (cpus != null && !(cpus >= 0.01 && cpus <= 100_000)) {
			throw new IllegalArgumentException("limits.cpus must be at least 0.01: " + cpus);
		}
		if (tasks != null && tasks < 1) {
			throw new IllegalArgumentException("limits.tasks must be at least 1: " + tasks);
		}
	}

	/**
	 * Return tree limits without any configured limit.
	 * @return no limits
	 */
	public static TreeLimits none() {
		return NONE;
	}

	/**
	 * Return a copy with the given limit for the memory of the process tree.
	 * @param bytes the maximum size, positive
	 * @return a changed copy
	 */
	public TreeLimits withMemory(long bytes) {
		return new TreeLimits(bytes, this.cpus, this.tasks);
	}

	/**
	 * Return a copy with the given limit for the CPU time of the process tree.
	 * @param value the number of CPUs, at least 0.01; 1.5 is one and a half
	 * @return a changed copy
	 */
	public TreeLimits withCpus(double value) {
		return new TreeLimits(this.memory, value, this.tasks);
	}

	/**
	 * Return a copy with the given limit for the number of processes and threads.
	 * @param count the maximum number, at least 1
	 * @return a changed copy
	 */
	public TreeLimits withTasks(long count) {
		return new TreeLimits(this.memory, this.cpus, count);
	}

	/**
	 * Return whether no limit is configured.
	 * @return whether there are no limits
	 */
	public boolean isEmpty() {
		return this.memory == null && this.cpus == null && this.tasks == null;
	}

	TreeLimits over(TreeLimits defaults) {
		return new TreeLimits(Isolation.first(this.memory, defaults.memory), Isolation.first(this.cpus, defaults.cpus),
				Isolation.first(this.tasks, defaults.tasks));
	}

}
