package io.procession.engine;

import java.util.List;

import io.procession.process.Signal;

/**
 * A process and all that descends from it, as of the last {@link ProcessEngine#look()}.
 * Who once belonged to it stays a member. <i>Used by one thread at a time.</i>
 */
public interface ProcessTree {

	/**
	 * The members that are alive; a zombie is not.
	 * @return their PIDs, empty when the tree is gone
	 */
	List<Long> alive();

	/**
	 * Sends a signal to each living member that has not got it yet, parents first. A
	 * child of a living member that was born after the first signal is spared: it may be
	 * what a handler starts to clean up. KILL is sent to everyone, each time. Identities
	 * are checked before: a PID that was given to another process since is left alone.
	 * @param signal what to send
	 */
	void signal(Signal signal);

}
