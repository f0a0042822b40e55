package io.procession.engine;

import java.util.List;

import io.procession.concurrent.TimeSource;
import io.procession.isolation.IsolationSupport;
import io.procession.process.ProcessStartException;

/**
 * Strategy for starting processes: the only boundary between this library and the
 * operating system. <i>Thread-safe.</i>
 */
public interface ProcessEngine extends AutoCloseable {

	/**
	 * Start a process on the calling thread. Its output is not read until
	 * {@link EngineProcess#connect} is called.
	 * @param launch the fully resolved settings
	 * @return the process
	 * @throws ProcessStartException if the process cannot be started; no process exists
	 * then
	 */
	EngineProcess start(Launch launch);

	/**
	 * Start a pipeline on the calling thread: each process reads the output of the
	 * previous one through a pipe in which the JVM takes no part. The configured input
	 * applies to the first launch only, the configured output to the last launch only.
	 * @param launches the launches, two or more
	 * @return the processes, in the same order
	 * @throws ProcessStartException if one of them cannot be started, which the exception
	 * identifies; no process exists then
	 */
	List<EngineProcess> startPipeline(List<Launch> launches);

	/**
	 * Check whether the given launches can be started, as {@link #startPipeline} does,
	 * without starting anything. For callers that have to know before they start other
	 * processes.
	 * @param launches the launches to be started together, one or more
	 * @throws ProcessStartException if one of them cannot be started, which the exception
	 * identifies
	 */
	default void check(List<Launch> launches) {
		// nothing to check by default
	}

	/**
	 * Scan the processes of the system once. All {@link ProcessTree trees} of this engine
	 * share the result until the next scan. If the scan fails, they use the last result
	 * and what is known without a scan.
	 * @throws IllegalStateException if the processes could not be scanned, in time or at
	 * all
	 */
	void scan();

	/**
	 * Save the state that is needed should the JVM be killed. Called periodically while
	 * processes are running, on any thread, but never concurrently.
	 */
	void heartbeat();

	/**
	 * Return all processes that processes of this engine have left behind, except those
	 * that are meant to outlive the engine.
	 * @return a tree without a root process
	 */
	ProcessTree leftovers();

	/**
	 * Return the limitations of the current platform, such as missing tools that the
	 * engine depends on.
	 * @return one sentence per limitation, empty if there are none
	 */
	List<String> limitations();

	/**
	 * Return which isolation features are supported.
	 * @return the supported features, and the reason why each of the others is not
	 * supported
	 */
	default IsolationSupport isolation() {
		return IsolationSupport.detect();
	}

	/**
	 * Return whether processes can have pseudoterminals.
	 * @return whether {@link Launch#terminal()} is supported
	 */
	default boolean supportsPty() {
		return true;
	}

	/**
	 * Return the clock used by the processes of this engine, and by their manager unless
	 * another one is configured.
	 * @return the time source
	 */
	default TimeSource timeSource() {
		return TimeSource.system();
	}

	/**
	 * Return whether the exit of a process may go unnotified, so that running processes
	 * have to be polled.
	 * @return whether polling is required
	 */
	default boolean missesExits() {
		return true;
	}

	/**
	 * Release the resources of this engine. All processes should have exited before. The
	 * guard of processes that have not, which ends them if the JVM is killed, stays
	 * active.
	 */
	@Override
	void close();

}
