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
 * How the processes of a pool ended, in the order they were added. <i>Immutable,
 * thread-safe.</i>
 */
public final class PoolResults implements Iterable<ProcessResult> {

	/** How many keys a message shows. */
	private static final int SHOWN = 20;

	private final Map<String, ProcessResult> byKey;

	private final List<ProcessResult> inOrder;

	PoolResults(Map<String, ProcessResult> results) {
		this.byKey = Collections.unmodifiableMap(new LinkedHashMap<>(results));
		this.inOrder = List.copyOf(results.values());
	}

	/**
	 * A result by its key.
	 * @param key what the process was added under
	 * @return its result
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
	 * A result by its position.
	 * @param index counted from 0
	 * @return its result
	 * @throws IndexOutOfBoundsException if there are not so many
	 */
	public ProcessResult get(int index) {
		return this.inOrder.get(index);
	}

	/**
	 * All results by their keys.
	 * @return the results, in order
	 */
	public Map<String, ProcessResult> asMap() {
		return this.byKey;
	}

	/**
	 * How many there are.
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
	 * Whether all were successful.
	 * @return whether they were
	 */
	public boolean successful() {
		return this.inOrder.stream().allMatch(ProcessResult::successful);
	}

	/**
	 * Whether one or more failed.
	 * @return the opposite of {@link #successful()}
	 */
	public boolean failed() {
		return !successful();
	}

	/**
	 * Turns failures into one exception that tells of all.
	 * @return these results if all were successful
	 * @throws PoolFailedException if one or more were not
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
