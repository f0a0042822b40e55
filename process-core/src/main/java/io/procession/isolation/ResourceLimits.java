package io.procession.isolation;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * What each single process may use; see {@code setrlimit(2)}. Inherited by what it
 * starts, each of which has the whole limit again. The soft and the hard limit are set.
 * <i>Immutable.</i> Linux only: uses {@code prlimit(1)}.
 *
 * @param addressSpace bytes of virtual memory, or {@code null} for the JVM's limit, as
 * for all others
 * @param openFiles open file descriptors
 * @param processes processes and threads of its <i>user</i>, all programs together; does
 * not bound root
 * @param cpuTime CPU time, whole seconds; the signal XCPU ends who uses more, KILL who
 * goes on for another second
 * @param fileSize bytes of a file that it writes
 * @param coreSize bytes of a core file; 0 for none
 */
public record ResourceLimits(@Nullable Long addressSpace, @Nullable Long openFiles, @Nullable Long processes,
		@Nullable Duration cpuTime, @Nullable Long fileSize, @Nullable Long coreSize) {

	private static final ResourceLimits NONE = new ResourceLimits(null, null, null, null, null, null);

	/**
	 * Checks the numbers.
	 * @param addressSpace bytes of virtual memory
	 * @param openFiles open file descriptors
	 * @param processes processes and threads of its user
	 * @param cpuTime CPU time
	 * @param fileSize bytes of a file that it writes
	 * @param coreSize bytes of a core file
	 */
	public ResourceLimits {
		require("limits.address-space", addressSpace, 1);
		require("limits.open-files", openFiles, 1);
		require("limits.processes", processes, 1);
		require("limits.file-size", fileSize, 0);
		require("limits.core-size", coreSize, 0);
		if (cpuTime != null && (cpuTime.getSeconds() < 1 || cpuTime.getNano() != 0)) {
			throw new IllegalArgumentException(
					"limits.cpu-time must be whole seconds, at least one: " + cpuTime + " (setrlimit(2))");
		}
	}

	private static void require(String what, @Nullable Long value, long least) {
		if (value != null && value < least) {
			throw new IllegalArgumentException(what + " must be at least " + least + ": " + value);
		}
	}

	/**
	 * The JVM's own limits.
	 * @return no limits
	 */
	public static ResourceLimits none() {
		return NONE;
	}

	/**
	 * Bounds the virtual memory. JVMs, Go programs and others reserve much more than they
	 * use.
	 * @param bytes positive
	 * @return a changed copy
	 */
	public ResourceLimits withAddressSpace(long bytes) {
		return new ResourceLimits(bytes, this.openFiles, this.processes, this.cpuTime, this.fileSize, this.coreSize);
	}

	/**
	 * Bounds the open file descriptors.
	 * @param count positive
	 * @return a changed copy
	 */
	public ResourceLimits withOpenFiles(long count) {
		return new ResourceLimits(this.addressSpace, count, this.processes, this.cpuTime, this.fileSize, this.coreSize);
	}

	/**
	 * Bounds the processes and threads of the user, all of its programs together.
	 * @param count positive
	 * @return a changed copy
	 */
	public ResourceLimits withProcesses(long count) {
		return new ResourceLimits(this.addressSpace, this.openFiles, count, this.cpuTime, this.fileSize, this.coreSize);
	}

	/**
	 * Bounds the CPU time.
	 * @param time whole seconds, at least one
	 * @return a changed copy
	 */
	public ResourceLimits withCpuTime(Duration time) {
		return new ResourceLimits(this.addressSpace, this.openFiles, this.processes, time, this.fileSize,
				this.coreSize);
	}

	/**
	 * Bounds the size of the files that it writes; the signal XFSZ ends who writes more.
	 * @param bytes not negative
	 * @return a changed copy
	 */
	public ResourceLimits withFileSize(long bytes) {
		return new ResourceLimits(this.addressSpace, this.openFiles, this.processes, this.cpuTime, bytes,
				this.coreSize);
	}

	/**
	 * Bounds the size of core files.
	 * @param bytes 0 for no core file
	 * @return a changed copy
	 */
	public ResourceLimits withCoreSize(long bytes) {
		return new ResourceLimits(this.addressSpace, this.openFiles, this.processes, this.cpuTime, this.fileSize,
				bytes);
	}

	ResourceLimits over(ResourceLimits defaults) {
		if (defaults.equals(NONE)) {
			return this;
		}
		return new ResourceLimits(Isolation.first(this.addressSpace, defaults.addressSpace),
				Isolation.first(this.openFiles, defaults.openFiles),
				Isolation.first(this.processes, defaults.processes), Isolation.first(this.cpuTime, defaults.cpuTime),
				Isolation.first(this.fileSize, defaults.fileSize), Isolation.first(this.coreSize, defaults.coreSize));
	}

}
