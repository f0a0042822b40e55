package io.procession.isolation;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Who runs a program, how separate it is, and how much it may use. What is not said is as
 * in the JVM. What is said and cannot be done here is an error at the start.
 * <i>Immutable.</i>
 *
 * @param runAs the user and the groups
 * @param limits what each single process may use
 * @param treeLimits what all of them may use together
 * @param priority who comes first
 * @param cpuAffinity numbers of the CPUs that it may run on, empty for all
 * @param oomScoreAdjustment who is killed first when the machine runs out of memory:
 * -1000 (never) to 1000 (first); see {@code choom(1)}
 * @param umask permissions that new files do not get, octal with a leading zero, such as
 * {@code 0027}; see {@code umask(2)}
 * @param noNewPrivileges whether set-user-ID programs give it no more privilege; see
 * {@code PR_SET_NO_NEW_PRIVS(2const)}
 * @param newSession whether it leads a session of its own, out of reach of the JVM's
 * terminal; see {@code setsid(2)}
 */
public record Isolation(@Nullable RunAs runAs, ResourceLimits limits, TreeLimits treeLimits, Priority priority,
		SortedSet<Integer> cpuAffinity, @Nullable Integer oomScoreAdjustment, @Nullable String umask,
		@Nullable Boolean noNewPrivileges, @Nullable Boolean newSession) {

	private static final Isolation NONE = new Isolation(null, ResourceLimits.none(), TreeLimits.none(), Priority.none(),
			Collections.emptySortedSet(), null, null, null, null);

	// YAML reads a bare 027 as the number 23: what does not start with 0 may be such a
	// one
	private static final Pattern UMASK = Pattern.compile("0[0-7]{2,3}");

	/**
	 * Checks the numbers.
	 * @param runAs the user and the groups
	 * @param limits what each single process may use
	 * @param treeLimits what all of them may use together
	 * @param priority who comes first
	 * @param cpuAffinity numbers of CPUs
	 * @param oomScoreAdjustment -1000 to 1000
	 * @param umask octal with a leading zero
	 * @param noNewPrivileges whether it gains no privilege
	 * @param newSession whether it leads a session of its own
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
					+ umask + "'. YAML takes a bare 0027 for another number: write \"0027\", in quotes");
		}
	}

	/**
	 * As the JVM.
	 * @return nothing said
	 */
	public static Isolation none() {
		return NONE;
	}

	/**
	 * Whether nothing is asked for.
	 * @return whether a plain start does
	 */
	public boolean isEmpty() {
		return equals(NONE);
	}

	/**
	 * This, and where this says nothing what others say.
	 * @param defaults what else holds
	 * @return both together
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

	static <T> @Nullable T first(@Nullable T said, @Nullable T otherwise) {
		return (said != null) ? said : otherwise;
	}

	/**
	 * Another user.
	 * @param value the user and the groups
	 * @return a changed copy
	 */
	public Isolation withRunAs(RunAs value) {
		return new Isolation(value, this.limits, this.treeLimits, this.priority, this.cpuAffinity,
				this.oomScoreAdjustment, this.umask, this.noNewPrivileges, this.newSession);
	}

	/**
	 * Other limits of each process.
	 * @param value what each single process may use
	 * @return a changed copy
	 */
	public Isolation withLimits(ResourceLimits value) {
		return new Isolation(this.runAs, value, this.treeLimits, this.priority, this.cpuAffinity,
				this.oomScoreAdjustment, this.umask, this.noNewPrivileges, this.newSession);
	}

	/**
	 * Other limits of the whole tree.
	 * @param value what all of them may use together
	 * @return a changed copy
	 */
	public Isolation withTreeLimits(TreeLimits value) {
		return new Isolation(this.runAs, this.limits, value, this.priority, this.cpuAffinity, this.oomScoreAdjustment,
				this.umask, this.noNewPrivileges, this.newSession);
	}

	/**
	 * Another priority.
	 * @param value who comes first
	 * @return a changed copy
	 */
	public Isolation withPriority(Priority value) {
		return new Isolation(this.runAs, this.limits, this.treeLimits, value, this.cpuAffinity, this.oomScoreAdjustment,
				this.umask, this.noNewPrivileges, this.newSession);
	}

	/**
	 * Other CPUs.
	 * @param cpus numbers, from 0; none for all
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
	 * Another rank when the machine runs out of memory.
	 * @param value -1000 (never killed) to 1000 (first)
	 * @return a changed copy
	 */
	public Isolation withOomScoreAdjustment(int value) {
		return new Isolation(this.runAs, this.limits, this.treeLimits, this.priority, this.cpuAffinity, value,
				this.umask, this.noNewPrivileges, this.newSession);
	}

	/**
	 * Another umask.
	 * @param value octal with a leading zero, such as {@code 0027}
	 * @return a changed copy
	 */
	public Isolation withUmask(String value) {
		return new Isolation(this.runAs, this.limits, this.treeLimits, this.priority, this.cpuAffinity,
				this.oomScoreAdjustment, value, this.noNewPrivileges, this.newSession);
	}

	/**
	 * Whether it gains no privilege.
	 * @param value whether it gains none
	 * @return a changed copy
	 */
	public Isolation withNoNewPrivileges(boolean value) {
		return new Isolation(this.runAs, this.limits, this.treeLimits, this.priority, this.cpuAffinity,
				this.oomScoreAdjustment, this.umask, value, this.newSession);
	}

	/**
	 * Whether it leads a session of its own.
	 * @param value whether it does
	 * @return a changed copy
	 */
	public Isolation withNewSession(boolean value) {
		return new Isolation(this.runAs, this.limits, this.treeLimits, this.priority, this.cpuAffinity,
				this.oomScoreAdjustment, this.umask, this.noNewPrivileges, value);
	}

	/**
	 * What was said, and no more.
	 */
	@Override
	public String toString() {
		List<String> said = new ArrayList<>();
		add(said, "runAs", this.runAs, null);
		add(said, "limits", this.limits, NONE.limits);
		add(said, "treeLimits", this.treeLimits, NONE.treeLimits);
		add(said, "priority", this.priority, NONE.priority);
		add(said, "cpuAffinity", this.cpuAffinity, NONE.cpuAffinity);
		add(said, "oomScoreAdjustment", this.oomScoreAdjustment, null);
		add(said, "umask", this.umask, null);
		add(said, "noNewPrivileges", this.noNewPrivileges, null);
		add(said, "newSession", this.newSession, null);
		return "Isolation" + said;
	}

	private static void add(List<String> said, String what, @Nullable Object value, @Nullable Object unsaid) {
		if (value != null && !value.equals(unsaid)) {
			said.add(what + "=" + value);
		}
	}

}
