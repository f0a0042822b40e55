package io.procession.isolation;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * Builder for the chain of tools that precedes a program. The chain contains only the
 * tools that are needed: privileged steps first, {@code setpriv} last. Each tool executes
 * the next one by {@code execve(2)}. <i>Confined to one call.</i>
 */
final class ToolChain {

	private static final int USUAL_LEVEL = 4;

	private final Map<Tool, Path> tools;

	private final Isolation isolation;

	private final List<String> chain = new ArrayList<>();

	ToolChain(Map<Tool, Path> tools, Isolation isolation) {
		this.tools = new EnumMap<>(tools);
		this.isolation = isolation;
	}

	/**
	 * Build the chain.
	 * @param jvmNice the nice value of the thread that starts the program
	 * @param account the account that the program is run as
	 * @param identity the options of {@code setpriv(1)} that switch to the account
	 */
	List<String> build(int jvmNice, @Nullable Account account, List<String> identity) {
		if (Boolean.TRUE.equals(this.isolation.newSession())) {
			add(Tool.SETSID);
		}
		List<Limit> limits = limits(this.isolation.limits());
		if (!limits.isEmpty()) {
			add(Tool.PRLIMIT);
			limits.forEach((limit) -> this.chain.add(limit.option() + "=" + limit.value() + ":" + limit.hard()));
		}
		if (this.isolation.oomScoreAdjustment() != null) {
			add(Tool.CHOOM, "-n", this.isolation.oomScoreAdjustment().toString(), "--");
		}
		if (!this.isolation.cpuAffinity().isEmpty()) {
			add(Tool.TASKSET, "-c",
					this.isolation.cpuAffinity().stream().map(String::valueOf).collect(Collectors.joining(",")));
		}
		addPriority(this.isolation.priority(), jvmNice);
		List<String> privileges = new ArrayList<>(identity);
		if (Boolean.TRUE.equals(this.isolation.noNewPrivileges())) {
			privileges.add("--no-new-privs");
		}
		if (!privileges.isEmpty()) {
			add(Tool.SETPRIV, privileges.toArray(String[]::new));
		}
		return this.chain;
	}

	private void addPriority(Priority priority, int jvmNice) {
		Scheduling scheduling = priority.scheduling();
		if (scheduling != null) {
			// before nice, as some versions reset the nice value
			add(Tool.CHRT, scheduling.option(), "0");
		}
		Integer nice = priority.nice();
		if (nice != null && nice != jvmNice) {
			add(Tool.NICE, "-n", Integer.toString(nice - jvmNice));
		}
		IoClass ioClass = priority.ioClass();
		if (ioClass == IoClass.IDLE) {
			add(Tool.IONICE, "-c", "3");
		}
		else if (ioClass != null) {
			add(Tool.IONICE, "-c", Integer.toString(ioClass.number()), "-n", Integer.toString(level(priority)));
		}
	}

	static int level(Priority priority) {
		return Objects.requireNonNullElse(priority.ioLevel(), USUAL_LEVEL);
	}

	private void add(Tool tool, String... arguments) {
		this.chain.add(Objects.requireNonNull(this.tools.get(tool)).toString());
		this.chain.addAll(List.of(arguments));
	}

	static List<Limit> limits(ResourceLimits limits) {
		List<Limit> all = new ArrayList<>();
		Duration cpuTime = limits.cpuTime();
		addLimit(all, "limits.address-space", "--as", "Max address space", limits.addressSpace());
		addLimit(all, "limits.open-files", "--nofile", "Max open files", limits.openFiles());
		addLimit(all, "limits.processes", "--nproc", "Max processes", limits.processes());
		if (cpuTime != null) {
			// XCPU is sent at the soft limit, KILL at the hard limit: leave time to clean
			// up
			long seconds = cpuTime.getSeconds();
			all.add(new Limit("limits.cpu-time", "--cpu", "Max cpu time", seconds, seconds + 1));
		}
		addLimit(all, "limits.file-size", "--fsize", "Max file size", limits.fileSize());
		addLimit(all, "limits.core-size", "--core", "Max core file size", limits.coreSize());
		return all;
	}

	private static void addLimit(List<Limit> all, String label, String option, String procName, @Nullable Long value) {
		if (value != null) {
			all.add(new Limit(label, option, procName, value, value));
		}
	}

	/**
	 * A resource limit.
	 *
	 * @param label name used in messages
	 * @param option option of {@code prlimit(1)}
	 * @param procName name used in {@code /proc/self/limits}
	 * @param value soft limit
	 * @param hard hard limit
	 */
	record Limit(String label, String option, String procName, long value, long hard) {

	}

}
