package io.procession.isolation;

import java.util.Locale;

/**
 * Features of an {@link Isolation} that a machine may support.
 */
public enum IsolationFeature {

	/** User and groups: {@link Isolation#runAs()}. */
	RUN_AS,
	/** Resource limits of each process: {@link Isolation#limits()}. */
	LIMITS,
	/** Nice value: {@link Priority#nice()}. */
	NICE,
	/** I/O scheduling class and level: {@link Priority#ioClass()}. */
	IO_PRIORITY,
	/** CPU scheduling policy: {@link Priority#scheduling()}. */
	SCHEDULING,
	/** CPU affinity: {@link Isolation#cpuAffinity()}. */
	CPU_AFFINITY,
	/** Out-of-memory score: {@link Isolation#oomScoreAdjustment()}. */
	OOM_SCORE,
	/** Permissions of new files: {@link Isolation#umask()}. */
	UMASK,
	/** No new privileges: {@link Isolation#noNewPrivileges()}. */
	NO_NEW_PRIVILEGES,
	/** Session of its own: {@link Isolation#newSession()}. */
	NEW_SESSION,
	/** Memory of a process tree: {@link TreeLimits#memory()}. */
	TREE_MEMORY,
	/** CPUs of a process tree: {@link TreeLimits#cpus()}. */
	TREE_CPUS,
	/** Processes and threads of a process tree: {@link TreeLimits#tasks()}. */
	TREE_TASKS;

	/**
	 * Return the label of the feature for messages.
	 * @return the label, such as {@code run-as}
	 */
	public String label() {
		return name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

}
