package io.procession.process;

import java.time.Instant;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

import io.procession.security.Printable;

/**
 * What an execution was started for: a call of the application, a program, a schedule or
 * a job. The origin is part of all events of the execution, so that it must not contain
 * secrets. It does not affect the process itself. <i>Immutable.</i>
 *
 * @param kind kind of the origin
 * @param name name of the program, the schedule or the queue, or {@code null} for none
 * @param nominalTime time for which the execution was scheduled, which may be earlier
 * than its start, or {@code null} for none
 * @param attempt number of the start, counted from 1, or {@code null} if starts are not
 * counted; for a program, since it was added to its supervisor
 * @param principal name of the user who requested the execution, or {@code null} for none
 * @param parent id of the execution or the job that caused this execution, or
 * {@code null} for none
 */
public record Origin(Kind kind, @Nullable String name, @Nullable Instant nominalTime, @Nullable Integer attempt,
		@Nullable String principal, @Nullable String parent) {

	private static final Origin CALL = builder(Kind.CALL).build();

	/**
	 * Check the values.
	 * @param kind kind of the origin
	 * @param name name of the program, the schedule or the queue, or {@code null}
	 * @param nominalTime time for which the execution was scheduled, or {@code null}
	 * @param attempt number of the start, counted from 1, or {@code null}
	 * @param principal name of the user who requested the execution, or {@code null}
	 * @param parent id of the execution or the job that caused this one, or {@code null}
	 */
	public Origin {
		Objects.requireNonNull(kind, "kind");
		notBlank("name", name);
		notBlank("principal", principal);
		notBlank("parent", parent);
		if (attempt != null && attempt < 1) {
			throw new IllegalArgumentException("The attempt of an origin must be at least 1: " + attempt);
		}
	}

	private static void notBlank(String what, @Nullable String value) {
		if (value != null && value.isBlank()) {
			throw new IllegalArgumentException(
					"The " + what + " of an origin must not be blank: omit " + what + "(...) if there is none");
		}
	}

	/**
	 * Return the origin of an execution that does not have another one: a call of the
	 * application without further details.
	 * @return the origin
	 */
	public static Origin call() {
		return CALL;
	}

	/**
	 * Create a builder for an origin.
	 * @param kind kind of the origin
	 * @return a builder
	 */
	public static Builder builder(Kind kind) {
		return new Builder(kind);
	}

	/**
	 * Return the values that are set, with control characters escaped.
	 */
	@Override
	public String toString() {
		StringBuilder text = new StringBuilder("Origin[kind=").append(this.kind);
		append(text, "name", this.name);
		append(text, "nominalTime", this.nominalTime);
		append(text, "attempt", this.attempt);
		append(text, "principal", this.principal);
		append(text, "parent", this.parent);
		return text.append(']').toString();
	}

	private static void append(StringBuilder text, String name, @Nullable Object value) {
		if (value != null) {
			text.append(", ").append(name).append('=').append(Printable.of(value.toString()));
		}
	}

	/** Kind of an origin. */
	public enum Kind {

		/**
		 * A call of the application, such as {@code run()}, or of a pipeline or a pool.
		 */
		CALL,
		/** A program that is kept running by a supervisor. */
		PROGRAM,
		/** A schedule. */
		SCHEDULE,
		/** A job of a queue. */
		JOB

	}

	/** Builder for an {@link Origin}. <i>Not thread-safe.</i> */
	public static final class Builder {

		private final Kind kind;

		private @Nullable String name;

		private @Nullable Instant nominalTime;

		private @Nullable Integer attempt;

		private @Nullable String principal;

		private @Nullable String parent;

		private Builder(Kind kind) {
			this.kind = kind;
		}

		/**
		 * Set the name of the program, the schedule or the queue.
		 * @param value the name, not blank
		 * @return this builder
		 */
		public Builder name(String value) {
			this.name = value;
			return this;
		}

		/**
		 * Set the time for which the execution was scheduled.
		 * @param value the time
		 * @return this builder
		 */
		public Builder nominalTime(Instant value) {
			this.nominalTime = value;
			return this;
		}

		/**
		 * Set the number of the start.
		 * @param value the number, counted from 1
		 * @return this builder
		 */
		public Builder attempt(int value) {
			this.attempt = value;
			return this;
		}

		/**
		 * Set the name of the user who requested the execution.
		 * @param value the name, not blank
		 * @return this builder
		 */
		public Builder principal(String value) {
			this.principal = value;
			return this;
		}

		/**
		 * Set the id of the execution or the job that caused the execution.
		 * @param value the id, not blank
		 * @return this builder
		 */
		public Builder parent(String value) {
			this.parent = value;
			return this;
		}

		/**
		 * Check the values and create the origin.
		 * @return the origin
		 * @throws IllegalArgumentException if a value is invalid, naming the first one
		 */
		public Origin build() {
			return new Origin(this.kind, this.name, this.nominalTime, this.attempt, this.principal, this.parent);
		}

	}

}
