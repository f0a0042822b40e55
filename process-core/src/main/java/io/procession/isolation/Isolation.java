package io.procession.isolation;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import io.procession.lang.CheckReturnValue;

/**
 * User, separation and resource limits of a process. Settings that are not configured are
 * those of the JVM. A configured setting that is not supported by this machine is an
 * error at the start of the process. <i>Immutable.</i>
 *
 * @param runAs user and groups
 * @param limits resource limits of each single process
 * @param treeLimits resource limits of the whole process tree
 * @param priority CPU and I/O scheduling priority
 * @param cpuAffinity numbers of the CPUs that the process may run on, empty for all
 * @param oomScoreAdjustment preference for being killed when the machine runs out of
 * memory, from -1000 (never) to 1000 (first); see {@code choom(1)}
 * @param umask permissions that are not granted on new files, octal with a leading zero,
 * such as {@code 0027}; see {@code umask(2)}
 * @param noNewPrivileges whether to prevent the process from gaining privileges through
 * set-user-ID programs; see {@code PR_SET_NO_NEW_PRIVS(2const)}
 * @param newSession whether to start the process in a session of its own, separated from
 * the JVM's terminal; see {@code setsid(2)}
 */
@CheckReturnValue
public record Isolation(@Nullable RunAs runAs, ResourceLimits limits, TreeLimits treeLimits, Priority priority,
		SortedSet<Integer> cpuAffinity, @Nullable Integer oomScoreAdjustment, @Nullable String umask,
		@Nullable Boolean noNewPrivileges, @Nullable Boolean newSession) {

	private static final Isolation NONE = new Isolation(null, ResourceLimits.none(), TreeLimits.none(), Priority.none(),
			Collections.emptySortedSet(), null, null, null, null);

	// YAML reads a bare 027 as the number 23, so that a number without a leading zero is
	// ambiguous
	private static final Pattern UMASK = Pattern.compile("0[0-7]{2,3}");

	/**
	 * Create an isolation.
	 * @param runAs user and groups
	 * @param limits resource limits of each single process
	 * @param treeLimits resource limits of the whole process tree
	 * @param priority CPU and I/O scheduling priority
	 * @param cpuAffinity numbers of CPUs, from 0
	 * @param oomScoreAdjustment -1000 to 1000
	 * @param umask octal with a leading zero
	 * @param noNewPrivileges whether to prevent the process from gaining privileges
	 * @param newSession whether to start the process in a session of its own
	 * @throws IllegalArgumentException if a value is out of range
	 */
	public Isolation {
		cpuAffinity = Collections.unmodifiableSortedSet(new TreeSet<>(cpuAffinity));
		if (!cpuAffinity.isEmpty() && cpuAffinity.first() < 0) {
			throw new IllegalArgumentException("cpu-affinity counts CPUs from 0: " + cpuAffinity.first());
		}
		if (oomScoreAdjustment != null && (oomScoreAdjustment < -1000 || oomScoreAdjustment > 1000)) {
			throw new IllegalArgumentException("oom-score-adjustment must be -1000 to 1000: " + oomScoreAdjustment);
		}
		if (umask != null && !UMASK.matcher(umask).matches()) {
			throw new IllegalArgumentException("umask must be three or four octal digits, the first of them 0: '"
					+ umask + "'. YAML reads an unquoted 0027 as a different number: write \"0027\", in quotes");
		}
	}

	/**
	 * Return an isolation without any configured setting.
	 * @return the settings of the JVM
	 */
	public static Isolation none() {
		return NONE;
	}

	/**
	 * Return whether no setting is configured.
	 * @return whether the isolation is equal to {@link #none()}
	 */
	public boolean isEmpty() {
		return equals(NONE);
	}

	/**
	 * Return a copy of this isolation in which settings that are not configured are taken
	 * from the given defaults.
	 * @param defaults the default settings
	 * @return the combined settings
	 */
	public Isolation over(Isolation defaults) {
		if (defaults.isEmpty()) {
			return this;
		}
		return new Isolation(first(this.runAs, defaults.runAs), this.limits.over(defaults.limits),
				this.treeLimits.over(defaults.treeLimits), this.priority.over(defaults.priority),
				this.cpuAffinity.isEmpty() ? defaults.cpuAffinity : this.cpuAffinity,
				first(this.oomScoreAdjustment, defaults.oomScoreAdjustment), first(this.umask, defaults.umask),
				first(this.noNewPrivileges, defaults.noNewPrivileges), first(this.newSession, defaults.newSession));
	}

	static <T> @Nullable T first(@Nullable T configured, @Nullable T otherwise) {
		return (configured != null) ? configured : otherwise;
	}

	/**
	 * Return a copy with the given user and groups.
	 * @param value the user and groups
	 * @return a changed copy
	 */
	public Isolation withRunAs(RunAs value) {
		return new Isolation(value, this.limits, this.treeLimits, this.priority, this.cpuAffinity,
				this.oomScoreAdjustment, this.umask, this.noNewPrivileges, this.newSession);
	}

	/**
	 * Return a copy with the given limits for each process.
	 * @param value the resource limits of each single process
	 * @return a changed copy
	 */
	public Isolation withLimits(ResourceLimits value) {
		return new Isolation(this.runAs, value, this.treeLimits, this.priority, this.cpuAffinity,
				this.oomScoreAdjustment, this.umask, this.noNewPrivileges, this.newSession);
	}

	/**
	 * Return a copy with the given limits for the whole process tree.
	 * @param value the resource limits of the process tree
	 * @return a changed copy
	 */
	public Isolation withTreeLimits(TreeLimits value) {
		return new Isolation(this.runAs, this.limits, value, this.priority, this.cpuAffinity, this.oomScoreAdjustment,
				this.umask, this.noNewPrivileges, this.newSession);
	}

	/**
	 * Return a copy with the given priority.
	 * @param value the CPU and I/O scheduling priority
	 * @return a changed copy
	 */
	public Isolation withPriority(Priority value) {
		return new Isolation(this.runAs, this.limits, this.treeLimits, value, this.cpuAffinity, this.oomScoreAdjustment,
				this.umask, this.noNewPrivileges, this.newSession);
	}

	/**
	 * Return a copy with the given CPU affinity.
	 * @param cpus the numbers of the CPUs, from 0; none for all
	 * @return a changed copy
	 */
	public Isolation withCpuAffinity(int... cpus) {
		SortedSet<Integer> set = new TreeSet<>();
		for (int cpu : cpus) {
			set.add(cpu);
		}
		return new Isolation(this.runAs, this.limits, this.treeLimits, this.priority, set, this.oomScoreAdjustment,
				this.umask, this.noNewPrivileges, this.newSession);
	}

	/**
	 * Return a copy with the given preference for being killed when the machine runs out
	 * of memory.
	 * @param value -1000 (never) to 1000 (first)
	 * @return a changed copy
	 */
	public Isolation withOomScoreAdjustment(int value) {
		return new Isolation(this.runAs, this.limits, this.treeLimits, this.priority, this.cpuAffinity, value,
				this.umask, this.noNewPrivileges, this.newSession);
	}

	/**
	 * Return a copy with the given umask.
	 * @param value the umask, octal with a leading zero, such as {@code 0027}
	 * @return a changed copy
	 */
	public Isolation withUmask(String value) {
		return new Isolation(this.runAs, this.limits, this.treeLimits, this.priority, this.cpuAffinity,
				this.oomScoreAdjustment, value, this.noNewPrivileges, this.newSession);
	}

	/**
	 * Return a copy that does or does not prevent the process from gaining privileges.
	 * @param value whether to prevent it
	 * @return a changed copy
	 */
	public Isolation withNoNewPrivileges(boolean value) {
		return new Isolation(this.runAs, this.limits, this.treeLimits, this.priority, this.cpuAffinity,
				this.oomScoreAdjustment, this.umask, value, this.newSession);
	}

	/**
	 * Return a copy with or without a session of its own for the process.
	 * @param value whether to start the process in a session of its own
	 * @return a changed copy
	 */
	public Isolation withNewSession(boolean value) {
		return new Isolation(this.runAs, this.limits, this.treeLimits, this.priority, this.cpuAffinity,
				this.oomScoreAdjustment, this.umask, this.noNewPrivileges, value);
	}

	/**
	 * Return the configured settings only.
	 */
	@Override
	public String toString() {
		List<String> configured = new ArrayList<>();
		add(configured, "runAs", this.runAs, null);
		add(configured, "limits", this.limits, NONE.limits);
		add(configured, "treeLimits", this.treeLimits, NONE.treeLimits);
		add(configured, "priority", this.priority, NONE.priority);
		add(configured, "cpuAffinity", this.cpuAffinity, NONE.cpuAffinity);
		add(configured, "oomScoreAdjustment", this.oomScoreAdjustment, null);
		add(configured, "umask", this.umask, null);
		add(configured, "noNewPrivileges", this.noNewPrivileges, null);
		add(configured, "newSession", this.newSession, null);
		return "Isolation" + configured;
	}

	private static void add(List<String> configured, String what, @Nullable Object value, @Nullable Object unset) {
		if (value != null && !value.equals(unset)) {
			configured.add(what + "=" + value);
		}
	}

}
