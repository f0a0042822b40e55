package io.procession.execution;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import io.procession.process.Environment;
import io.procession.process.ProcessSpec;
import io.procession.security.Printable;

/**
 * An execution that is about to be started, as seen by an {@link ExecutionObserver}.
 * <i>Confined to the call of the observer.</i>
 */
public final class StartingExecution {

	private final String executionId;

	private final ProcessSpec spec;

	private final Map<String, String> variables = new LinkedHashMap<>();

	private boolean over;

	StartingExecution(String executionId, ProcessSpec spec) {
		this.executionId = executionId;
		this.spec = spec;
	}

	/**
	 * Return the id of the execution, which is the same in its events and in
	 * {@link ExecutionObserver#finished}.
	 * @return the id
	 */
	public String executionId() {
		return this.executionId;
	}

	/**
	 * Return the definition of the process, without the variables added by observers.
	 * @return the definition, with secrets hidden where it is shown
	 */
	public ProcessSpec spec() {
		return this.spec;
	}

	/**
	 * Set an environment variable of the process. It replaces a variable that the process
	 * would inherit, and one that was set by another observer. It has no effect if the
	 * definition of the process sets or removes the variable itself.
	 * @param name the name, not empty, without {@code =} and NUL
	 * @param value the value, which may be empty
	 * @throws IllegalArgumentException if the name or the value is invalid
	 * @throws IllegalStateException if the call of the observer has ended
	 */
	public void variable(String name, String value) {
		if (this.over) {
			throw new IllegalStateException(
					"The variable '" + Printable.of(name) + "' can only be set within starting(...)");
		}
		// checks both
		Environment added = new Environment(null, Map.of(name, value), Map.of(), Set.of());
		Environment own = this.spec.environment();
		if (!own.variables().containsKey(name) && !own.secrets().containsKey(name) && !own.unset().contains(name)) {
			this.variables.putAll(added.variables());
		}
	}

	/** Return the variables that have been added; no more can be added afterwards. */
	Map<String, String> end() {
		this.over = true;
		return this.variables;
	}

	@Override
	public String toString() {
		return "StartingExecution[" + this.executionId + ", variables=" + this.variables.keySet() + "]";
	}

}
