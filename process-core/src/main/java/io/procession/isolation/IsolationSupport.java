package io.procession.isolation;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import io.procession.isolation.JvmStatus.Capability;
import io.procession.isolation.ToolChain.Limit;

/**
 * Isolation features that are supported on this machine with the privileges of this JVM,
 * and the reasons why others are not supported. Can be consulted in advance to avoid a
 * failure at the start of a process. <i>Immutable.</i>
 */
public final class IsolationSupport {

	private static final int NICE_OF_STAT = 16;

	/** A limit of n permits the nice value 20 - n; see {@code getrlimit(2)}. */
	private static final int NICE_BASE = 20;

	private final Map<Tool, Path> tools = new EnumMap<>(Tool.class);

	private final Map<IsolationFeature, String> reasons = new EnumMap<>(IsolationFeature.class);

	private final JvmStatus jvm;

	private final ControlGroups groups;

	private IsolationSupport(@Nullable Path controlGroup) {
		boolean linux = System.getProperty("os.name", "").equals("Linux");
		this.jvm = JvmStatus.read();
		this.groups = linux ? ControlGroups.detect(controlGroup) : ControlGroups.none("");
		if (linux) {
			examine();
		}
		else {
			for (IsolationFeature feature : IsolationFeature.values()) {
				this.reasons.put(feature, "isolation requires Linux, but this is " + System.getProperty("os.name"));
			}
		}
	}

	/**
	 * Detect the supported features. Reads files and starts no process.
	 * @return the supported features
	 */
	public static IsolationSupport detect() {
		return new IsolationSupport(null);
	}

	/**
	 * Detect the supported features, with the given directory for limits of process
	 * trees.
	 * @param controlGroup a control group directory (version 2) that is writable for this
	 * JVM and contains no process, or {@code null} for the parent of the JVM's own
	 * @return the supported features
	 */
	public static IsolationSupport detect(@Nullable Path controlGroup) {
		return new IsolationSupport(controlGroup);
	}

	private void examine() {
		for (Tool tool : Tool.values()) {
			tool.find().ifPresent((path) -> this.tools.put(tool, path));
		}
		needTool(IsolationFeature.RUN_AS, Tool.SETPRIV);
		needTool(IsolationFeature.LIMITS, Tool.PRLIMIT);
		needTool(IsolationFeature.NICE, Tool.NICE);
		needTool(IsolationFeature.IO_PRIORITY, Tool.IONICE);
		needTool(IsolationFeature.SCHEDULING, Tool.CHRT);
		needTool(IsolationFeature.CPU_AFFINITY, Tool.TASKSET);
		needTool(IsolationFeature.OOM_SCORE, Tool.CHOOM);
		needTool(IsolationFeature.UMASK, Tool.SH);
		needTool(IsolationFeature.NO_NEW_PRIVILEGES, Tool.SETPRIV);
		needTool(IsolationFeature.NEW_SESSION, Tool.SETSID);
		List<Capability> missing = missing(Capability.CAP_SETUID, Capability.CAP_SETGID, Capability.CAP_KILL);
		if (!missing.isEmpty()) {
			this.reasons.putIfAbsent(IsolationFeature.RUN_AS, whyNoSwitch(missing));
		}
		needController(IsolationFeature.TREE_MEMORY, "memory");
		needController(IsolationFeature.TREE_CPUS, "cpu");
		needController(IsolationFeature.TREE_TASKS, "pids");
	}

	private void needTool(IsolationFeature feature, Tool tool) {
		if (!this.tools.containsKey(tool)) {
			this.reasons.put(feature, tool.whyMissing());
		}
	}

	private void needController(IsolationFeature feature, String controller) {
		this.groups.whyNot(controller).ifPresent((reason) -> this.reasons.put(feature, reason));
	}

	private List<Capability> missing(Capability... needed) {
		List<Capability> missing = new ArrayList<>();
		for (Capability capability : needed) {
			if (!this.jvm.has(capability)) {
				missing.add(capability);
			}
		}
		return missing;
	}

	private String whyNoSwitch(List<Capability> missing) {
		return "this JVM, run by user " + this.jvm.uid() + ", is not permitted to switch users: it lacks "
				+ join(missing) + ". Run it as root, or give it these capabilities"
				+ " (systemd: AmbientCapabilities=CAP_SETUID CAP_SETGID CAP_KILL)";
	}

	private static String join(List<Capability> capabilities) {
		return capabilities.stream().map(Enum::name).collect(Collectors.joining(", "));
	}

	/**
	 * Return whether a feature is supported.
	 * @param feature the feature
	 * @return whether it is supported
	 */
	public boolean isSupported(IsolationFeature feature) {
		return !this.reasons.containsKey(feature);
	}

	/**
	 * Return why a feature is not supported.
	 * @param feature the feature
	 * @return the reason and the remedy, or empty if the feature is supported
	 */
	public Optional<String> whyNot(IsolationFeature feature) {
		return Optional.ofNullable(this.reasons.get(feature));
	}

	/**
	 * Create the plan that applies an isolation, after checking everything that can be
	 * checked in advance. If the user changes, the isolation of the plan has a session of
	 * its own, unless {@link Isolation#newSession()} is {@code false}.
	 * @param isolation the configured isolation
	 * @param lookup the lookup for accounts that are not listed in files
	 * @return the plan
	 * @throws IsolationException if a setting is not supported, stating the reason
	 */
	public IsolationPlan plan(Isolation isolation, AccountLookup lookup) {
		RunAs runAs = isolation.runAs();
		Account account = null;
		List<String> identity = List.of();
		if (runAs != null) {
			requireLinux();
			account = new Accounts(lookup::find).resolve(runAs);
			identity = identity(runAs, account);
		}
		return plan(withSession(isolation, !identity.isEmpty()), account, identity);
	}

	/**
	 * Enable a session of its own for another user unless configured otherwise. If the
	 * JVM's terminal were its controlling terminal, that user could type commands into
	 * the shell that started the JVM; see {@code TIOCSTI} in {@code ioctl_tty(2)}.
	 */
	private static Isolation withSession(Isolation isolation, boolean switching) {
		return (switching && isolation.newSession() == null) ? isolation.withNewSession(true) : isolation;
	}

	private IsolationPlan plan(Isolation isolation, @Nullable Account account, List<String> identity) {
		requireAll(isolation);
		checkLimits(isolation.limits());
		int nice = jvmNice();
		checkPriority(isolation.priority(), nice);
		checkCpus(isolation.cpuAffinity());
		checkOomScore(isolation.oomScoreAdjustment());
		return new IsolationPlan(isolation, new ToolChain(this.tools, isolation).build(nice, account, identity),
				account, !identity.isEmpty());
	}

	private void requireLinux() {
		String reason = this.reasons.get(IsolationFeature.NEW_SESSION);
		if (reason != null && reason.startsWith("isolation requires Linux")) {
			throw new IsolationException("run-as: " + reason);
		}
	}

	private void requireAll(Isolation isolation) {
		Priority priority = isolation.priority();
		TreeLimits tree = isolation.treeLimits();
		require(IsolationFeature.LIMITS, !ToolChain.limits(isolation.limits()).isEmpty());
		require(IsolationFeature.NICE, priority.nice() != null);
		require(IsolationFeature.IO_PRIORITY, priority.ioClass() != null);
		require(IsolationFeature.SCHEDULING, priority.scheduling() != null);
		require(IsolationFeature.CPU_AFFINITY, !isolation.cpuAffinity().isEmpty());
		require(IsolationFeature.OOM_SCORE, isolation.oomScoreAdjustment() != null);
		require(IsolationFeature.UMASK, isolation.umask() != null);
		require(IsolationFeature.NO_NEW_PRIVILEGES, Boolean.TRUE.equals(isolation.noNewPrivileges()));
		require(IsolationFeature.NEW_SESSION, Boolean.TRUE.equals(isolation.newSession()));
		require(IsolationFeature.TREE_MEMORY, tree.memory() != null);
		require(IsolationFeature.TREE_CPUS, tree.cpus() != null);
		require(IsolationFeature.TREE_TASKS, tree.tasks() != null);
	}

	private void require(IsolationFeature feature, boolean requested) {
		String reason = this.reasons.get(feature);
		if (requested && reason != null) {
			throw new IsolationException(feature.label() + ": " + reason);
		}
	}

	/** Return the options that switch to the account, none if the JVM already has it. */
	private List<String> identity(RunAs runAs, Account account) {
		boolean sameUser = account.uid() == this.jvm.uid();
		boolean sameGroups = runAs.supplementaryGroups() == null || account.groups().equals(this.jvm.groups());
		if (sameUser && account.gid() == this.jvm.gid() && sameGroups) {
			return List.of();
		}
		List<Capability> missing = sameUser ? missing(Capability.CAP_SETGID)
				: missing(Capability.CAP_SETUID, Capability.CAP_SETGID, Capability.CAP_KILL);
		if (!missing.isEmpty()) {
			throw new IsolationException("run-as " + account.label() + ": " + whyNoSwitch(missing));
		}
		require(IsolationFeature.RUN_AS, true);
		List<String> options = new ArrayList<>(List.of("--reuid=" + account.uid(), "--regid=" + account.gid()));
		options.add(groups(runAs, account));
		if (this.jvm.inherited() && account.uid() != 0) {
			// these would persist after the change of the user
			options.addAll(List.of("--inh-caps=-all", "--ambient-caps=-all"));
		}
		return options;
	}

	private static String groups(RunAs runAs, Account account) {
		if (runAs.supplementaryGroups() == null && account.name() != null) {
			return "--init-groups";
		}
		return account.groups().isEmpty() ? "--clear-groups"
				: "--groups=" + account.groups().stream().map(String::valueOf).collect(Collectors.joining(","));
	}

	private void checkLimits(ResourceLimits limits) {
		List<Limit> requested = ToolChain.limits(limits);
		if (requested.isEmpty() || this.jvm.has(Capability.CAP_SYS_RESOURCE)) {
			return;
		}
		Map<String, Long> hard = JvmStatus.hardLimits(JvmStatus.text(Path.of("/proc/self/limits")));
		for (Limit limit : requested) {
			long most = hard.getOrDefault(limit.procName(), Long.MAX_VALUE);
			if (limit.hard() > most) {
				throw new IsolationException(
						limit.label() + ": " + limit.value() + " exceeds the hard limit of this JVM, " + most
								+ ": reduce it, or raise the JVM's own (systemd: Limit...=, shell: ulimit -H)");
			}
		}
	}

	private void checkPriority(Priority priority, int jvmNice) {
		Integer nice = priority.nice();
		if (nice != null && nice < jvmNice && !this.jvm.has(Capability.CAP_SYS_NICE) && nice < leastNice()) {
			throw new IsolationException("priority.nice: " + nice + " is less than the JVM's own, " + jvmNice
					+ ", which requires privileges: use " + jvmNice
					+ " to 19, run the JVM as root, or give it CAP_SYS_NICE or a limit (systemd: LimitNICE="
					+ (NICE_BASE - nice) + ")");
		}
		if (priority.ioClass() == IoClass.REALTIME && !this.jvm.has(Capability.CAP_SYS_NICE)
				&& !this.jvm.has(Capability.CAP_SYS_ADMIN)) {
			throw new IsolationException(
					"priority.io-class: realtime requires privileges (CAP_SYS_NICE): use best-effort,"
							+ " or run the JVM as root");
		}
	}

	private static long leastNice() {
		return NICE_BASE - JvmStatus.limits(JvmStatus.text(Path.of("/proc/self/limits")), 0)
			.getOrDefault("Max nice priority", 0L);
	}

	// of the thread that starts the program, as Linux has a nice value per thread
	private static int jvmNice() {
		String stat = JvmStatus.text(Path.of("/proc/thread-self/stat"));
		if (stat.isEmpty()) {
			return 0;
		}
		return Integer.parseInt(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[NICE_OF_STAT]);
	}

	private static void checkCpus(Set<Integer> requested) {
		if (requested.isEmpty()) {
			return;
		}
		String list = JvmStatus.text(Path.of("/sys/devices/system/cpu/online"));
		Set<Integer> absent = new TreeSet<>(requested);
		absent.removeAll(JvmStatus.numbers(list));
		// the kernel would silently ignore them
		if (!list.isEmpty() && !absent.isEmpty()) {
			throw new IsolationException(
					"cpu-affinity: this machine has no CPU " + absent + ", only " + list.strip() + ": use others");
		}
	}

	private void checkOomScore(@Nullable Integer requested) {
		if (requested == null || this.jvm.has(Capability.CAP_SYS_RESOURCE)) {
			return;
		}
		String own = JvmStatus.text(Path.of("/proc/self/oom_score_adj")).strip();
		if (!own.isEmpty() && requested < Integer.parseInt(own)) {
			throw new IsolationException("oom-score-adjustment: " + requested + " is less than the JVM's own, " + own
					+ ", which requires CAP_SYS_RESOURCE: use at least " + own + ", or give the JVM that capability"
					+ " or a lower value of its own (systemd: OOMScoreAdjust=)");
		}
	}

	/**
	 * Create a control group for a process tree.
	 * @param name the unique name of the group
	 * @param limits the limits of the process tree
	 * @return the group
	 * @throws IsolationException if the group cannot be created
	 */
	public ControlGroup createGroup(String name, TreeLimits limits) {
		return this.groups.create(name, limits);
	}

	/**
	 * Return the supported features and the reasons why others are not supported.
	 */
	@Override
	public String toString() {
		List<String> works = new ArrayList<>();
		Map<String, List<String>> byReason = new LinkedHashMap<>();
		for (IsolationFeature feature : IsolationFeature.values()) {
			String reason = this.reasons.get(feature);
			List<String> labels = (reason != null) ? byReason.computeIfAbsent(reason, (key) -> new ArrayList<>())
					: works;
			labels.add(feature.label());
		}
		StringBuilder text = new StringBuilder("supported: ").append(String.join(", ", works));
		byReason.forEach((reason, labels) -> text.append("; not supported: ")
			.append(String.join(", ", labels))
			.append(", because ")
			.append(reason));
		return text.toString();
	}

	/**
	 * Strategy for looking up accounts that are not listed in files.
	 */
	@FunctionalInterface
	public interface AccountLookup {

		/**
		 * Look up an entry.
		 * @param database {@code passwd} or {@code group}
		 * @param name the name of the user or group, never an ID
		 * @return the entry in the format of that file, or empty if there is none
		 */
		Optional<String> find(String database, String name);

	}

}
