package io.procession.execution;

import java.util.EnumSet;
import java.util.Set;

/**
 * State of an execution.
 *
 * <pre>
 *          stop               tree gone              output complete,
 * RUNNING ------&gt; STOPPING ----------&gt; DRAINING  or drain elapsed   FINISHED
 *    |    &lt;------     |                 ^   |  --------------------&gt;   |
 *    |   no memory    +--- no memory ---+   |  &lt;--------------------   |
 *    |                                  |       no memory: retried     |
 *    +------------- exit ---------------+
 * </pre>
 */
enum ExecutionState {

	/** The process is running, and no stop has been requested. */
	RUNNING,

	/**
	 * A stop is in progress. The process itself may have exited, but descendants may be
	 * alive.
	 */
	STOPPING,

	/**
	 * The process has exited, or was abandoned some time after KILL, and its remaining
	 * output is being read.
	 */
	DRAINING,

	/** One thread determines the outcome, which is then known. */
	FINISHED;

	boolean canBecome(ExecutionState next) {
		return following().contains(next);
	}

	private Set<ExecutionState> following() {
		return switch (this) {
			case RUNNING -> EnumSet.of(STOPPING, DRAINING);
			// back to RUNNING if the stop could not begin, so that it can be retried
			case STOPPING -> EnumSet.of(DRAINING, RUNNING);
			case DRAINING -> EnumSet.of(FINISHED);
			// back if there was no memory for the outcome, so that it can be retried
			case FINISHED -> EnumSet.of(DRAINING);
		};
	}

}
