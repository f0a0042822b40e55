package io.procession.test;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import io.procession.process.ProcessSpec;

/**
 * Stub for matching processes, with the behavior of one process after the other.
 */
final class ProcessStub {

	private final String description;

	private final Predicate<ProcessSpec> matches;

	/** Guards itself and all fields below. */
	private final List<FakeProcess> lives = new ArrayList<>();

	private @Nullable FakeProcess otherwise;

	private int used;

	ProcessStub(String description, Predicate<ProcessSpec> matches) {
		this.description = description;
		this.matches = matches;
		this.lives.add(new FakeProcess(this));
	}

	boolean matches(ProcessSpec spec) {
		return this.matches.test(spec);
	}

	FakeProcess first() {
		synchronized (this.lives) {
			return this.lives.get(0);
		}
	}

	FakeProcess then() {
		synchronized (this.lives) {
			if (this.otherwise != null) {
				throw new IllegalStateException("then() must be called before otherwise()");
			}
			FakeProcess next = new FakeProcess(this);
			this.lives.add(next);
			return next;
		}
	}

	FakeProcess otherwise() {
		synchronized (this.lives) {
			if (this.otherwise != null) {
				throw new IllegalStateException("otherwise() must be called only once");
			}
			this.otherwise = new FakeProcess(this);
			return this.otherwise;
		}
	}

	/**
	 * Return the behavior of the next process, or {@code null} if all have been used.
	 */
	@Nullable FakeProcess next() {
		synchronized (this.lives) {
			int index = this.used++;
			if (index < this.lives.size()) {
				return this.lives.get(index);
			}
			if (this.otherwise != null) {
				return this.otherwise;
			}
			return (this.lives.size() == 1) ? this.lives.get(0) : null;
		}
	}

	boolean isUsed() {
		synchronized (this.lives) {
			return this.used > 0;
		}
	}

	int size() {
		synchronized (this.lives) {
			return this.lives.size();
		}
	}

	@Override
	public String toString() {
		return this.description;
	}

}
