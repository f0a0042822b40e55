package io.procession.isolation;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;

/**
 * Steps that apply an {@link Isolation} on this machine. <i>Immutable.</i>
 *
 * @param isolation isolation to apply
 * @param tools tools that precede the program, except for umask and control group
 * @param account account that the program is run as, or {@code null} for the JVM's user
 * @param switching whether the tools have more privileges than the program
 */
public record IsolationPlan(Isolation isolation, List<String> tools, @Nullable Account account, boolean switching) {

	/**
	 * Indexes of fields of {@code /proc/self/stat} after the name, from 0; see proc(5).
	 */
	private static final int SESSION = 3;

	private static final int NICE = 16;

	private static final int POLICY = 38;

	/**
	 * Create a plan.
	 * @param isolation isolation to apply
	 * @param tools tools that precede the program
	 * @param account account that the program is run as
	 * @param switching whether the tools have more privileges than the program
	 */
	public IsolationPlan {
		tools = List.copyOf(tools);
	}

	/**
	 * Return the complete chain of tools.
	 * @param group the control group of the program, or {@code null} if it has none
	 * @return the command that precedes the program, which may be empty
	 */
	public List<String> chain(@Nullable ControlGroup group) {
		String umask = this.isolation.umask();
		List<String> steps = new ArrayList<>();
		if (umask != null) {
			steps.add("umask " + umask);
		}
		if (group != null) {
			steps.add("echo 0 >\"$0\"");
		}
		List<String> chain = new ArrayList<>();
		if (!steps.isEmpty()) {
			steps.add("exec \"$@\"");
			chain.addAll(List.of("/bin/sh", "-c", String.join(" && ", steps),
					(group != null) ? group.entrance().toString() : "sh"));
		}
		chain.addAll(this.tools);
		return chain;
	}

	/**
	 * Return whether the chain contains a shell, which drops environment variables whose
	 * names it does not support.
	 * @param grouped whether the program has a control group
	 * @return whether the chain contains a shell
	 */
	public boolean usesShell(boolean grouped) {
		return grouped || this.isolation.umask() != null;
	}

	/**
	 * Return the environment variables that depend on the user.
	 * @return the values by name; an empty value means that the variable is removed
	 */
	public Map<String, Optional<String>> environment() {
		if (this.account == null) {
			return Map.of();
		}
		Map<String, Optional<String>> environment = new LinkedHashMap<>();
		environment.put("HOME", Optional.of(this.account.home()));
		environment.put("USER", Optional.ofNullable(this.account.name()));
		environment.put("LOGNAME", Optional.ofNullable(this.account.name()));
		environment.put("SHELL", Optional.ofNullable(this.account.shell()));
		return environment;
	}

	/**
	 * Return the text that {@code ionice(1)} prints when it is run in place of the
	 * program.
	 * @return the text, or empty if the I/O priority is that of the JVM
	 */
	public Optional<String> shownIoPriority() {
		IoClass ioClass = this.isolation.priority().ioClass();
		if (ioClass == null) {
			return Optional.empty();
		}
		return Optional.of(switch (ioClass) {
			case IDLE -> "idle";
			case BEST_EFFORT -> "best-effort: prio " + ToolChain.level(this.isolation.priority());
			case REALTIME -> "realtime: prio " + ToolChain.level(this.isolation.priority());
		});
	}

	/**
	 * Return the files that show the applied isolation when they are printed by a program
	 * run in place of the actual one.
	 * @return paths in {@code /proc/self}
	 */
	public static List<String> evidence() {
		return List.of("/proc/self/status", "/proc/self/stat", "/proc/self/oom_score_adj", "/proc/self/limits");
	}

	/**
	 * Compare the applied isolation with the configured one.
	 * @param shown the content of the {@link #evidence()} files
	 * @return the differences, or empty if there are none
	 */
	public Optional<String> mismatch(String shown) {
		Map<String, String> status = JvmStatus.fields(shown);
		List<String> wrong = new ArrayList<>();
		compareAccount(status, wrong);
		if (Boolean.TRUE.equals(this.isolation.noNewPrivileges())) {
			compare("no-new-privileges", "1", status.getOrDefault("NoNewPrivs", "1"), wrong);
		}
		if (this.isolation.umask() != null) {
			int requested = Integer.parseInt(this.isolation.umask(), 8);
			compare("umask", requested, Integer.parseInt(status.getOrDefault("Umask", this.isolation.umask()), 8),
					wrong);
		}
		if (!this.isolation.cpuAffinity().isEmpty()) {
			compare("cpu-affinity", this.isolation.cpuAffinity(),
					JvmStatus.numbers(status.getOrDefault("Cpus_allowed_list", "")), wrong);
		}
		compareStat(shown, wrong);
		Integer oom = this.isolation.oomScoreAdjustment();
		if (oom != null) {
			String line = shown.lines().filter((text) -> text.matches("-?\\d+")).findFirst().orElse("");
			compare("oom-score-adjustment", oom.toString(), line, wrong);
		}
		compareLimits(shown, wrong);
		return wrong.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", wrong));
	}

	private void compareAccount(Map<String, String> status, List<String> wrong) {
		if (this.account == null) {
			return;
		}
		String uid = Long.toString(this.account.uid());
		String gid = Long.toString(this.account.gid());
		compare("the user", String.join("\t", uid, uid, uid, uid), status.getOrDefault("Uid", ""), wrong);
		compare("the group", String.join("\t", gid, gid, gid, gid), status.getOrDefault("Gid", ""), wrong);
		RunAs runAs = this.isolation.runAs();
		if (runAs != null && runAs.supplementaryGroups() != null) {
			Set<Long> groups = new TreeSet<>();
			for (String group : status.getOrDefault("Groups", "").split("\\s+")) {
				if (!group.isEmpty()) {
					groups.add(Long.parseLong(group));
				}
			}
			compare("the supplementary groups", new TreeSet<>(this.account.groups()), groups, wrong);
		}
		if (this.switching && this.account.uid() != 0) {
			compare("the capabilities", 0L, Long.parseUnsignedLong(status.getOrDefault("CapEff", "0"), 16), wrong);
		}
	}

	private void compareStat(String shown, List<String> wrong) {
		String line = shown.lines().filter((text) -> text.matches("\\d+ \\(.*")).findFirst().orElse("");
		if (line.isEmpty()) {
			return;
		}
		String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ");
		if (Boolean.TRUE.equals(this.isolation.newSession())) {
			compare("new-session", line.substring(0, line.indexOf(' ')), fields[SESSION], wrong);
		}
		Integer nice = this.isolation.priority().nice();
		if (nice != null) {
			compare("priority.nice", nice.toString(), fields[NICE], wrong);
		}
		Scheduling scheduling = this.isolation.priority().scheduling();
		if (scheduling != null) {
			compare("priority.scheduling", Integer.toString(scheduling.policy()), fields[POLICY], wrong);
		}
	}

	private void compareLimits(String shown, List<String> wrong) {
		Map<String, Long> soft = JvmStatus.limits(shown, 0);
		ToolChain.limits(this.isolation.limits())
			.forEach((limit) -> compare(limit.label(), limit.value(),
					soft.getOrDefault(limit.procName(), limit.value()), wrong));
	}

	private static void compare(String what, Object requested, Object found, List<String> wrong) {
		if (!Objects.equals(requested, found)) {
			wrong.add(what + " is " + found.toString().replace('\t', ' ') + " instead of "
					+ requested.toString().replace('\t', ' '));
		}
	}

	/**
	 * Return the path of a tool.
	 * @param tool the tool
	 * @return its absolute path
	 * @throws IsolationException if the tool is missing
	 */
	public static Path require(Tool tool) {
		return tool.find().orElseThrow(() -> new IsolationException(tool.whyMissing()));
	}

}
