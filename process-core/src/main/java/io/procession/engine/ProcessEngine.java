package io.procession.engine;

import java.util.List;

import io.procession.isolation.IsolationSupport;
import io.procession.process.ProcessStartException;

/**
 * Starts processes. The one seam between this library and the operating system.
 * <i>Thread-safe.</i>
 */
public interface ProcessEngine extends AutoCloseable {

	/**
	 * Starts a process on the calling thread. Nothing reads its output until
	 * {@link EngineProcess#connect} is called.
	 * @param launch what to start, resolved to the last detail
	 * @return the process
	 * @throws ProcessStartException if it cannot be started; no process exists then
	 */
	EngineProcess start(Launch launch);

	/**
	 * Starts processes on the calling thread, each reading what the one before it writes,
	 * through pipes that the JVM has no part in. The launches' own input counts for the
	 * first alone, their output for the last alone.
	 * @param launches what to start, two or more
	 * @return the processes, in the same order
	 * @throws ProcessStartException naming the one that cannot be started; none of them
	 * exists then
	 */
	List<EngineProcess> startPipeline(List<Launch> launches);

	/**
	 * Looks whether something would keep these from being started, as
	 * {@link #startPipeline} does itself, and starts nothing: for what has to be known
	 * before others are started.
	 * @param launches what is to be started together, one or more
	 * @throws ProcessStartException naming the one that could not be started
	 */
	default void check(List<Launch> launches) {
		// an engine that cannot fail has nothing to look at
	}

	/**
	 * Takes one fresh look at the system's processes, which all {@link ProcessTree trees}
	 * of this engine share until the next one. If it fails they go by the last one, and
	 * by what is known without a look.
	 * @throws IllegalStateException if the system could not be looked at, in time or at
	 * all
	 */
	void look();

	/**
	 * Called now and then while processes run, on any thread, one call at a time: a
	 * moment to write down what is needed should the JVM die the next.
	 */
	void heartbeat();

	/**
	 * Everything that processes of this engine have left behind and that is not meant to
	 * outlive it.
	 * @return a tree without a root
	 */
	ProcessTree leftovers();

	/**
	 * What this machine lacks for all promises to hold, in words.
	 * @return one sentence each; empty if nothing is amiss
	 */
	List<String> limitations();

	/**
	 * What of an isolation can be had.
	 * @return what works and why the rest does not
	 */
	default IsolationSupport isolation() {
		return IsolationSupport.detect();
	}

	/**
	 * Whether processes can have pseudoterminals.
	 * @return whether {@link Launch#terminal()} is supported
	 */
	default boolean supportsPty() {
		return true;
	}

	/**
	 * The clock that its processes live by, and so their manager unless told otherwise.
	 * @return the time source
	 */
	default TimeSource timeSource() {
		return TimeSource.system();
	}

	/**
	 * Whether a process may end without anybody being told, so that those that run have
	 * to be looked at now and then.
	 * @return whether they have to be
	 */
	default boolean missesExits() {
		return true;
	}

	/**
	 * Free what the engine holds. Its processes should have ended before; what watches
	 * over those that have not, should the JVM die, stays until then.
	 */
	@Override
	void close();

}
