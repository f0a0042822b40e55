package io.procession.pool;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.procession.process.ProcessResult;
import io.procession.security.Printable;

/**
 * Results of the processes of a pool, in the order in which these were added.
 * <i>Immutable, thread-safe.</i>
 */
public final class PoolResults implements Iterable<ProcessResult> {

	/** Maximum number of keys in a message. */
	private static final int SHOWN = 20;

	private final Map<String, ProcessResult> byKey;

	private final List<ProcessResult> inOrder;

	PoolResults(Map<String, ProcessResult> results) {
		this.byKey = Collections.unmodifiableMap(new LinkedHashMap<>(results));
		this.inOrder = List.copyOf(results.values());
	}

	/**
	 * Return the result for a key.
	 * @param key the key under which the process was added
	 * @return the result
	 * @throws IllegalArgumentException if there is no such key
	 */
	public ProcessResult get(String key) {
		ProcessResult result = this.byKey.get(key);
		if (result == null) {
			throw new IllegalArgumentException(
					"The pool has no process '" + Printable.of(key) + "'; it has " + shownKeys());
		}
		return result;
	}

	private String shownKeys() {
		List<String> shown = this.byKey.keySet().stream().limit(SHOWN).map(Printable::of).toList();
		return (size() <= SHOWN) ? shown.toString() : shown + " and " + (size() - SHOWN) + " more";
	}

	/**
	 * Return the result at a position.
	 * @param index the position, starting at 0
	 * @return the result
	 * @throws IndexOutOfBoundsException if there is no such position
	 */
	public ProcessResult get(int index) {
		return this.inOrder.get(index);
	}

	/**
	 * Return all results by their keys.
	 * @return the results, in order
	 */
	public Map<String, ProcessResult> asMap() {
		return this.byKey;
	}

	/**
	 * Return the number of results.
	 * @return at least 1
	 */
	public int size() {
		return this.inOrder.size();
	}

	@Override
	public Iterator<ProcessResult> iterator() {
		return this.inOrder.iterator();
	}

	/**
	 * Return whether all processes were successful.
	 * @return whether all processes were successful
	 */
	public boolean successful() {
		return this.inOrder.stream().allMatch(ProcessResult::successful);
	}

	/**
	 * Return whether at least one process failed.
	 * @return the opposite of {@link #successful()}
	 */
	public boolean failed() {
		return !successful();
	}

	/**
	 * Throw an exception that describes all failures, if there are any.
	 * @return these results if all processes were successful
	 * @throws PoolFailedException if at least one process failed
	 */
	public PoolResults throwIfAnyFailed() {
		List<String> failed = new ArrayList<>();
		this.byKey.forEach((key, result) -> {
			if (result.failed()) {
				failed.add(key);
			}
		});
		if (!failed.isEmpty()) {
			throw new PoolFailedException(this, failed);
		}
		return this;
	}

	@Override
	public String toString() {
		return "PoolResults" + this.byKey;
	}

}
