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
 * What programs and the defaults can say about isolation, as it is written in
 * configuration.
 */
public final class IsolationProperties {

	private IsolationProperties() {
	}

	/**
	 * What the core knows of a list of CPUs.
	 * @param numbers as they are written, none of them missing
	 * @return the numbers
	 * @throws IllegalArgumentException if one is missing
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
	 * The user and the groups. <i>Immutable.</i>
	 *
	 * @param user Name or number of the user that it runs as; the one of the application
	 * if not set.
	 * @param group Name or number of the group that it runs with; the user's own if not
	 * set.
	 * @param supplementaryGroups Names or numbers of further groups; those that the user
	 * is in if not set.
	 */
	public record User(@Nullable String user, @Nullable String group, @Nullable List<String> supplementaryGroups) {

		/**
		 * What the core knows of this.
		 * @return the user and the groups, or {@code null} if nothing was said
		 */
		public @Nullable RunAs toRunAs() {
			if (this.user == null) {
				if (this.group != null || this.supplementaryGroups != null) {
					throw new IllegalArgumentException("run-as.user is missing: groups alone cannot be set");
				}
				return null;
			}
			return new RunAs(this.user, this.group, this.supplementaryGroups);
		}

	}

	/**
	 * What it may use. <i>Immutable.</i>
	 *
	 * @param addressSpace Virtual memory of each process.
	 * @param openFiles Open file descriptors of each process.
	 * @param processes Processes and threads of its user, all programs together.
	 * @param cpuTime CPU time of each process, in whole seconds.
	 * @param fileSize Size of a file that it writes.
	 * @param coreSize Size of a core file, 0 for none.
	 * @param memory Memory of it and all that it starts together. Needs a control group.
	 * @param cpus CPUs of it and all that it starts together, such as 1.5. Needs a
	 * control group.
	 * @param tasks Processes and threads of it and all that it starts together. Needs a
	 * control group.
	 */
	public record Limits(@Nullable DataSize addressSpace, @Nullable Long openFiles, @Nullable Long processes,
			@Nullable Duration cpuTime, @Nullable DataSize fileSize, @Nullable DataSize coreSize,
			@Nullable DataSize memory, @Nullable Double cpus, @Nullable Long tasks) {

		/**
		 * What the core knows of this.
		 * @return the limits of each process
		 */
		public ResourceLimits toResourceLimits() {
			return new ResourceLimits(bytes(this.addressSpace), this.openFiles, this.processes, this.cpuTime,
					bytes(this.fileSize), bytes(this.coreSize));
		}

		/**
		 * What the core knows of this.
		 * @return the limits of the tree
		 */
		public TreeLimits toTreeLimits() {
			return new TreeLimits(bytes(this.memory), this.cpus, this.tasks);
		}

		private static @Nullable Long bytes(@Nullable DataSize size) {
			return (size != null) ? size.toBytes() : null;
		}

	}

	/**
	 * Who comes first. <i>Immutable.</i>
	 *
	 * @param nice Nice value, -20 (first) to 19 (last).
	 * @param ioClass Who is served first by disks.
	 * @param ioLevel Level within the I/O class, 0 (first) to 7 (last).
	 * @param scheduling How the CPU is shared out.
	 */
	public record Ranks(@Nullable Integer nice, @Nullable IoClass ioClass, @Nullable Integer ioLevel,
			@Nullable Scheduling scheduling) {

		/**
		 * What the core knows of this.
		 * @return the priority
		 */
		public Priority toPriority() {
			return new Priority(this.nice, this.ioClass, this.ioLevel, this.scheduling);
		}

	}

}
