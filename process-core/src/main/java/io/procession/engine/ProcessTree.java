package io.procession.engine;

import java.util.List;

import io.procession.process.Signal;

/**
 * A process and its descendants, as of the last {@link ProcessEngine#scan() scan}. A
 * process that was once a member of the tree remains a member. <i>Used by one thread at a
 * time.</i>
 */
public interface ProcessTree {

	/**
	 * Return the members that are alive. Zombies are not included.
	 * @return the PIDs, empty if no member is alive
	 */
	List<Long> alive();

	/**
	 * Send a signal to each living member that has not received it yet, parents first. A
	 * child of a living member that was started after the first signal is skipped, as it
	 * may have been started by a signal handler to clean up. KILL is sent to all members
	 * on each call. The identity of each process is verified before: a process that has
	 * reused a PID is not signaled.
	 * @param signal the signal to send
	 */
	void signal(Signal signal);

}
