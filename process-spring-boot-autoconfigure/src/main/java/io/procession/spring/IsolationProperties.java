package io.procession.spring;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

import io.procession.isolation.IoClass;
import io.procession.isolation.Priority;
import io.procession.isolation.ResourceLimits;
import io.procession.isolation.RunAs;
import io.procession.isolation.Scheduling;
import io.procession.isolation.TreeLimits;

/**
 * Configuration properties for isolation, shared by programs and defaults.
 */
public final class IsolationProperties {

	private IsolationProperties() {
	}

	/**
	 * Convert a list of CPU numbers to an array.
	 * @param numbers the configured numbers, none of which may be missing
	 * @return the numbers
	 * @throws IllegalArgumentException if a number is missing
	 */
	public static int[] cpus(List<@Nullable Integer> numbers) {
		return numbers.stream().mapToInt((number) -> {
			if (number == null) {
				throw new IllegalArgumentException("a number is missing in the list of CPUs");
			}
			return number;
		}).toArray();
	}

	/**
	 * User and groups. <i>Immutable.</i>
	 *
	 * @param user Name or number of the user that a process runs as. The user of the
	 * application if not set.
	 * @param group Name or number of the group that a process runs with. The primary
	 * group of the user if not set.
	 * @param supplementaryGroups Names or numbers of the supplementary groups. Those of
	 * the user if not set.
	 */
	public record User(@Nullable String user, @Nullable String group, @Nullable List<String> supplementaryGroups) {

		/**
		 * Create the corresponding {@link RunAs}.
		 * @return the user and groups, or {@code null} if none are configured
		 */
		public @Nullable RunAs toRunAs() {
			if (this.user == null) {
				if (this.group != null || this.supplementaryGroups != null) {
					throw new IllegalArgumentException("run-as.user is missing: groups cannot be set without a user");
				}
				return null;
			}
			return new RunAs(this.user, this.group, this.supplementaryGroups);
		}

	}

	/**
	 * Resource limits. <i>Immutable.</i>
	 *
	 * @param addressSpace Maximum virtual memory of each process.
	 * @param openFiles Maximum number of open file descriptors of each process.
	 * @param processes Maximum number of processes and threads of the user, including
	 * those of other programs.
	 * @param cpuTime Maximum CPU time of each process, in whole seconds.
	 * @param fileSize Maximum size of a file that a process writes.
	 * @param coreSize Maximum size of a core file, 0 for no core file.
	 * @param memory Maximum memory of a process tree. Requires a control group.
	 * @param cpus Maximum number of CPUs used by a process tree, such as 1.5. Requires a
	 * control group.
	 * @param tasks Maximum number of processes and threads in a process tree. Requires a
	 * control group.
	 */
	public record Limits(@Nullable DataSize addressSpace, @Nullable Long openFiles, @Nullable Long processes,
			@Nullable Duration cpuTime, @Nullable DataSize fileSize, @Nullable DataSize coreSize,
			@Nullable DataSize memory, @Nullable Double cpus, @Nullable Long tasks) {

		/**
		 * Create the corresponding {@link ResourceLimits}.
		 * @return the limits of each process
		 */
		public ResourceLimits toResourceLimits() {
			return new ResourceLimits(bytes(this.addressSpace), this.openFiles, this.processes, this.cpuTime,
					bytes(this.fileSize), bytes(this.coreSize));
		}

		/**
		 * Create the corresponding {@link TreeLimits}.
		 * @return the limits of the process tree
		 */
		public TreeLimits toTreeLimits() {
			return new TreeLimits(bytes(this.memory), this.cpus, this.tasks);
		}

		private static @Nullable Long bytes(@Nullable DataSize size) {
			return (size != null) ? size.toBytes() : null;
		}

	}

	/**
	 * Scheduling priority. <i>Immutable.</i>
	 *
	 * @param nice Nice value, from -20 (highest priority) to 19 (lowest priority).
	 * @param ioClass I/O scheduling class.
	 * @param ioLevel Priority within the I/O scheduling class, from 0 (highest) to 7
	 * (lowest).
	 * @param scheduling CPU scheduling policy.
	 */
	public record Ranks(@Nullable Integer nice, @Nullable IoClass ioClass, @Nullable Integer ioLevel,
			@Nullable Scheduling scheduling) {

		/**
		 * Create the corresponding {@link Priority}.
		 * @return the priority
		 */
		public Priority toPriority() {
			return new Priority(this.nice, this.ioClass, this.ioLevel, this.scheduling);
		}

	}

}
