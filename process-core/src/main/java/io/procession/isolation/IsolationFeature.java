package io.procession.isolation;

import java.util.Locale;

/**
 * What can be asked of an {@link Isolation}, one thing each.
 */
public enum IsolationFeature {

	/** Another user or other groups: {@link Isolation#runAs()}. */
	RUN_AS,
	/** Limits of each process: {@link Isolation#limits()}. */
	LIMITS,
	/** A nice value: {@link Priority#nice()}. */
	NICE,
	/** A class and level of I/O: {@link Priority#ioClass()}. */
	IO_PRIORITY,
	/** Another scheduling of the CPU: {@link Priority#scheduling()}. */
	SCHEDULING,
	/** Certain CPUs: {@link Isolation#cpuAffinity()}. */
	CPU_AFFINITY,
	/** A rank when memory runs out: {@link Isolation#oomScoreAdjustment()}. */
	OOM_SCORE,
	/** Permissions of new files: {@link Isolation#umask()}. */
	UMASK,
	/** No more privilege: {@link Isolation#noNewPrivileges()}. */
	NO_NEW_PRIVILEGES,
	/** A session of its own: {@link Isolation#newSession()}. */
	NEW_SESSION,
	/** Memory of a tree: {@link TreeLimits#memory()}. */
	TREE_MEMORY,
	/** CPUs of a tree: {@link TreeLimits#cpus()}. */
	TREE_CPUS,
	/** Processes of a tree: {@link TreeLimits#tasks()}. */
	TREE_TASKS;

	/**
	 * As it is called in messages.
	 * @return such as {@code run-as}
	 */
	public String label() {
		return name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

}
