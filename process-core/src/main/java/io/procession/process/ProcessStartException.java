package io.procession.process;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Optional;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.procession.security.Printable;
import io.procession.security.Redactor;

/**
 * Thrown when a process could not be started. {@link #reason()} classifies the failure,
 * and the message contains the details. {@link #result()} is a result with exit code 127
 * or 126 and PID 0, unless this exception was deserialized.
 */
public sealed class ProcessStartException extends ProcessException permits ProcessDeniedException {

	private static final long serialVersionUID = 1L;

	/** Maximum number of exceptions in a cause, which is omitted if it contains more. */
	private static final int MOST_CAUSES = 1000;

	/** Classification of the failure. */
	private final Reason reason;

	private final transient @Nullable ProcessResult startResult;

	/**
	 * Create an exception.
	 * @param spec the process to be started
	 * @param reason classification of the failure
	 * @param detail description of the failure and of what to do
	 * @param cause the exception of the JDK, if there is one
	 */
	public ProcessStartException(ProcessSpec spec, Reason reason, String detail, @Nullable Throwable cause) {
		super(describe(spec.command()) + " could not be started: " + shown(spec, detail), spec.command(), null,
				withoutSecrets(spec, cause));
		this.reason = reason;
		this.startResult = ProcessResult.builder(spec)
			.exit((reason == Reason.NOT_FOUND) ? 127 : 126, ExitCause.START_FAILED)
			.times(Instant.now(), Duration.ZERO)
			.build(this);
	}

	/** Return a text about a start with its secrets hidden. */
	static String shown(ProcessSpec spec, String text) {
		return Printable.of(spec.secrets().hide(text));
	}

	// the messages come from the JDK or a listener and may contain a secret, such as a
	// file name. Causes and
	// suppressed exceptions can form a cycle
	private static @Nullable Throwable withoutSecrets(ProcessSpec spec, @Nullable Throwable cause) {
		if (cause == null) {
			return null;
		}
		Redactor secrets = spec.secrets();
		Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
		Deque<Throwable> waiting = new ArrayDeque<>();
		waiting.add(cause);
		while (!waiting.isEmpty()) {
			Throwable part = waiting.remove();
			if (!seen.add(part)) {
				continue;
			}
			if (seen.size() > MOST_CAUSES || hasSecrets(secrets, part)) {
				return null;
			}
			if (part.getCause() != null) {
				waiting.add(part.getCause());
			}
			waiting.addAll(Arrays.asList(part.getSuppressed()));
		}
		return cause;
	}

	private static boolean hasSecrets(Redactor secrets, Throwable part) {
		try {
			// a custom toString() may omit the message
			String text = part + "\n" + part.getMessage() + "\n" + part.getLocalizedMessage();
			return !secrets.hide(text).equals(text);
		}
		catch (RuntimeException ex) {
			// an exception that fails here could also fail where it is shown
			return true;
		}
	}

	/**
	 * Return why the process could not be started.
	 * @return the reason
	 */
	public Reason reason() {
		return this.reason;
	}

	@Override
	public Optional<ProcessResult> result() {
		return Optional.ofNullable(this.startResult);
	}

	/**
	 * Reasons why a process could not be started.
	 */
	public enum Reason {

		/** There is no such program. */
		NOT_FOUND,
		/**
		 * The program exists, but this user is not permitted to execute it, or it has a
		 * format that this machine cannot execute, such as that of another processor.
		 */
		NOT_EXECUTABLE,
		/**
		 * The program is open for writing: {@code execve(2)}, ETXTBSY. A later attempt
		 * may succeed.
		 */
		BUSY,
		/** The interpreter named by the first line of the script does not exist. */
		NO_INTERPRETER,
		/** The working directory does not exist. */
		NO_SUCH_DIRECTORY,
		/** The working directory is not a directory, or cannot be entered. */
		NOT_A_DIRECTORY,
		/** The input file cannot be read, or an output file cannot be written. */
		FILE_NOT_ACCESSIBLE,
		/** Arguments and environment together are too long: {@code execve(2)}, E2BIG. */
		ARGUMENT_LIST_TOO_LONG,
		/**
		 * An argument or variable contains a character that the native encoding of the
		 * JVM cannot represent.
		 */
		NOT_ENCODABLE,
		/** A secret cannot be resolved. */
		NO_SUCH_SECRET,
		/** The user or a group to run the process as does not exist. */
		NO_SUCH_USER,
		/** A part of the configured isolation is not available on this machine. */
		ISOLATION,
		/**
		 * The machine lacks resources: too many processes or files, or too little memory.
		 */
		NO_RESOURCES,
		/**
		 * A policy or a listener does not permit the start:
		 * {@link ProcessDeniedException}.
		 */
		DENIED,
		/** The process requires a terminal, and there is none. */
		NO_TERMINAL,
		/**
		 * The start was canceled because the pool that the process belongs to ended
		 * before.
		 */
		CANCELLED,
		/** Any other reason, described by the message. */
		OTHER

	}

}
