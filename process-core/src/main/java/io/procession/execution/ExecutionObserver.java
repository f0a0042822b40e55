package io.procession.execution;

import io.procession.process.Origin;
import io.procession.process.ProcessResult;
import io.procession.process.ProcessSpec;

/**
 * Observes each execution of a manager from its start to its result, for example for
 * traces, statistics or a history. Whereas a {@link io.procession.event.ProcessListener}
 * receives events, an observer can add environment variables before the start and
 * receives the complete result.
 *
 * <p>
 * Observers are passed to the builder of the manager and apply to all its executions,
 * including those of pipelines, pools and programs. They are called in the order in which
 * they were added. If an observer throws an exception, it is logged, and neither the
 * execution nor the other observers are affected.
 *
 * <p>
 * Implementations must be thread-safe.
 */
public interface ExecutionObserver {

	/**
	 * Handle the imminent start of a process, before policies and listeners decide
	 * whether it may be started. Called on the thread that starts the process, so that a
	 * slow implementation delays the start. This is the caller of {@code run()} or
	 * {@code start()}, but a thread of the manager for {@code runAsync()}, pools and
	 * programs. Not called if the definition of the process is invalid or a secret cannot
	 * be read. Each call is followed by one of {@link #finished}.
	 * @param execution the execution, to which variables can be added during this call
	 * @param origin what the process is started for
	 */
	default void starting(StartingExecution execution, Origin origin) {
		// nothing to do
	}

	/**
	 * Handle the result of an execution. Called on the event thread of the manager, after
	 * the last event of the execution has been delivered; a slow implementation delays
	 * the events of all processes, but no process. If the process could not be started,
	 * the result has the cause {@code START_FAILED}; this includes starts for which
	 * {@link #starting} was not called, such as that of a process whose secret cannot be
	 * read. Not called once the manager has been closed, for example for a detached
	 * process that outlives it.
	 * @param executionId the id of the execution, the same as in its events
	 * @param spec the definition of the process, with secrets hidden where it is shown
	 * @param origin what the process was started for
	 * @param result the result
	 */
	default void finished(String executionId, ProcessSpec spec, Origin origin, ProcessResult result) {
		// nothing to do
	}

}
