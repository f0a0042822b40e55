package io.procession.isolation;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import io.procession.lang.CheckReturnValue;

/**
 * Resource limits of each single process; see {@code setrlimit(2)}. The limits are
 * inherited by child processes, to each of which they apply anew. Both the soft and the
 * hard limit are set. A limit that is {@code null} is that of the JVM. <i>Immutable.</i>
 * Linux only: uses {@code prlimit(1)}.
 *
 * @param addressSpace maximum virtual memory in bytes
 * @param openFiles maximum number of open file descriptors
 * @param processes maximum number of processes and threads of the <i>user</i>, including
 * those of other programs; does not apply to root
 * @param cpuTime maximum CPU time, in whole seconds; XCPU is sent when it is exceeded,
 * and KILL one second of CPU time later
 * @param fileSize maximum size in bytes of a file that the process writes
 * @param coreSize maximum size in bytes of a core file; 0 for no core file
 */
@CheckReturnValue
public record ResourceLimits(@Nullable Long addressSpace, @Nullable Long openFiles, @Nullable Long processes,
		@Nullable Duration cpuTime, @Nullable Long fileSize, @Nullable Long coreSize) {

	private static final ResourceLimits NONE = new ResourceLimits(null, null, null, null, null, null);

	/**
	 * Create resource limits.
	 * @param addressSpace maximum virtual memory in bytes
	 * @param openFiles maximum number of open file descriptors
	 * @param processes maximum number of processes and threads of the user
	 * @param cpuTime maximum CPU time
	 * @param fileSize maximum size in bytes of a file that the process writes
	 * @param coreSize maximum size in bytes of a core file
	 * @throws IllegalArgumentException if a limit is out of range
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
	 * Return resource limits without any configured limit.
	 * @return the limits of the JVM
	 */
	public static ResourceLimits none() {
		return NONE;
	}

	/**
	 * Return a copy with the given limit for the virtual memory. JVMs, Go programs and
	 * others reserve much more virtual memory than they use.
	 * @param bytes the maximum size, positive
	 * @return a changed copy
	 */
	public ResourceLimits withAddressSpace(long bytes) {
		return new ResourceLimits(bytes, this.openFiles, this.processes, this.cpuTime, this.fileSize, this.coreSize);
	}

	/**
	 * Return a copy with the given limit for open file descriptors.
	 * @param count the maximum number, positive
	 * @return a changed copy
	 */
	public ResourceLimits withOpenFiles(long count) {
		return new ResourceLimits(this.addressSpace, count, this.processes, this.cpuTime, this.fileSize, this.coreSize);
	}

	/**
	 * Return a copy with the given limit for processes and threads of the user, including
	 * those of other programs.
	 * @param count the maximum number, positive
	 * @return a changed copy
	 */
	public ResourceLimits withProcesses(long count) {
		return new ResourceLimits(this.addressSpace, this.openFiles, count, this.cpuTime, this.fileSize, this.coreSize);
	}

	/**
	 * Return a copy with the given limit for the CPU time.
	 * @param time the maximum time, in whole seconds, at least one
	 * @return a changed copy
	 */
	public ResourceLimits withCpuTime(Duration time) {
		return new ResourceLimits(this.addressSpace, this.openFiles, this.processes, time, this.fileSize,
				this.coreSize);
	}

	/**
	 * Return a copy with the given limit for the size of files that the process writes.
	 * XFSZ is sent to a process that exceeds it.
	 * @param bytes the maximum size, not negative
	 * @return a changed copy
	 */
	public ResourceLimits withFileSize(long bytes) {
		return new ResourceLimits(this.addressSpace, this.openFiles, this.processes, this.cpuTime, bytes,
				this.coreSize);
	}

	/**
	 * Return a copy with the given limit for the size of core files.
	 * @param bytes the maximum size; 0 for no core file
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
