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
 * Builds the chain of tools that stands before a program: only those that have something
 * to do, privileged steps first, {@code setpriv} last. Each becomes the next by
 * {@code execve(2)}. <i>Confined to one call.</i>
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
	 * The chain.
	 * @param jvmNice nice value of the thread that starts the program
	 * @param account who it is run as
	 * @param identity the options of {@code setpriv(1)} that make it that
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
			// before nice: some versions reset the nice value
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
			// XCPU comes at the soft limit, KILL at the hard one: time to say goodbye
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
	 * One limit.
	 *
	 * @param label what it is called in messages
	 * @param option the option of {@code prlimit(1)}
	 * @param procName what it is called in {@code /proc/self/limits}
	 * @param value the soft limit
	 * @param hard the hard limit
	 */
	record Limit(String label, String option, String procName, long value, long hard) {

	}

}
