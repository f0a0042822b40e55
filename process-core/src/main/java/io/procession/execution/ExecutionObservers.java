package io.procession.execution;

import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.procession.concurrent.BackgroundLog;
import io.procession.process.Origin;
import io.procession.process.ProcessResult;
import io.procession.process.ProcessSpec;
import io.procession.process.ProcessStartException;

/**
 * Calls the observers of a manager, one after the other. Nothing is created if there are
 * none, and no method fails. <i>Thread-safe.</i>
 */
final class ExecutionObservers {

	private static final Logger logger = LoggerFactory.getLogger(ExecutionObserver.class);

	private final List<ExecutionObserver> observers;

	private final EventDispatcher events;

	private final BackgroundLog log;

	/**
	 * Create an instance.
	 * @param observers the observers
	 * @param events calls them on its thread once an execution has finished
	 * @param log writes the failures of observers
	 */
	ExecutionObservers(List<ExecutionObserver> observers, EventDispatcher events, BackgroundLog log) {
		this.observers = List.copyOf(observers);
		this.events = events;
		this.log = log;
		if (!this.observers.isEmpty()) {
			events.observe();
		}
	}

	boolean isEmpty() {
		return this.observers.isEmpty();
	}

	/**
	 * Call the observers before a start, on this thread.
	 * @return the variables that they add
	 */
	Map<String, String> starting(String id, ProcessSpec spec, Origin origin) {
		StartingExecution execution = new StartingExecution(id, spec);
		for (ExecutionObserver observer : this.observers) {
			try {
				observer.starting(execution, origin);
			}
			catch (Throwable ex) {
				logFailure(observer, spec, ex);
			}
		}
		return execution.end();
	}

	private void logFailure(ExecutionObserver observer, ProcessSpec spec, Throwable failure) {
		this.log.write(() -> logger.warn(
				"Execution observer failed; the process is started regardless: observer={}" + " name={}",
				observer.getClass().getName(), spec.displayName(), failure));
	}

	/** Call the observers after the events that have been published, on their thread. */
	void finished(String id, ProcessSpec spec, Origin origin, ProcessResult result) {
		if (isEmpty()) {
			return;
		}
		this.events.execute(() -> this.observers.forEach((observer) -> this.events.call(observer, "finished",
				result.name(), () -> observer.finished(id, spec, origin, result))));
	}

	/** Report a failed start, unless the end of the execution is reported otherwise. */
	void startFailed(String id, ExecutionPlanner planner, ProcessStartException failure) {
		if (!isEmpty() && planner.claimEnd()) {
			failure.result().ifPresent((result) -> finished(id, planner.spec(), planner.origin(), result));
		}
	}

	/**
	 * Report that a process was not started, if the observers were called before its
	 * start and its end is not reported otherwise.
	 */
	void notStarted(ExecutionPlanner planner, Throwable cause) {
		String id = planner.id();
		if (id != null && planner.isObserved() && planner.claimEnd()) {
			ProcessStartException failure = new ProcessStartException(planner.spec(),
					ProcessStartException.Reason.OTHER,
					Objects.requireNonNullElse(cause.getMessage(), cause.toString()), null);
			failure.result().ifPresent((result) -> finished(id, planner.spec(), planner.origin(), result));
		}
	}

}
