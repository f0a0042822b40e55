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
 * A process could not be started: {@link #reason()} says why, the message names the
 * culprit. {@link #result()} is a result with exit code 127 or 126 and PID 0, unless this
 * was deserialized.
 */
public sealed class ProcessStartException extends ProcessException permits ProcessDeniedException {

	private static final long serialVersionUID = 1L;

	/** A cause with more exceptions in it than that is not passed on. */
	private static final int MOST_CAUSES = 1000;

	/** What was wrong. */
	private final Reason reason;

	private final transient @Nullable ProcessResult startResult;

	/**
	 * A new exception.
	 * @param spec what was to be run
	 * @param reason what was wrong
	 * @param detail what was wrong in words, naming the culprit and what to do
	 * @param cause the JDK's reason, if there is one
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

	/** A text about a start as it may be shown. */
	static String shown(ProcessSpec spec, String text) {
		return Printable.of(spec.secrets().hide(text));
	}

	// its texts are the JDK's or a listener's: one may name a file that is called by a
	// secret. Causes and suppressed exceptions can form a circle
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
			// a toString() of its own may leave the message out
			String text = part + "\n" + part.getMessage() + "\n" + part.getLocalizedMessage();
			return !secrets.hide(text).equals(text);
		}
		catch (RuntimeException ex) {
			// what cannot be read here could fail again where it is shown
			return true;
		}
	}

	/**
	 * What was wrong.
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
	 * Why a process could not be started.
	 */
	public enum Reason {

		/** There is no such program. */
		NOT_FOUND,
		/**
		 * The program is there, but this user may not execute it, or it is of a format
		 * that this machine does not execute, such as that of another processor.
		 */
		NOT_EXECUTABLE,
		/**
		 * The program is open for writing: {@code execve(2)}, ETXTBSY. Starting it again
		 * later may succeed.
		 */
		BUSY,
		/** The interpreter that the first line of the script names is not there. */
		NO_INTERPRETER,
		/** The working directory is not there. */
		NO_SUCH_DIRECTORY,
		/** The working directory is not a directory, or may not be entered. */
		NOT_A_DIRECTORY,
		/** The input file cannot be read, or an output file cannot be written. */
		FILE_NOT_ACCESSIBLE,
		/** Arguments and environment together are too long: {@code execve(2)}, E2BIG. */
		ARGUMENT_LIST_TOO_LONG,
		/**
		 * An argument or variable holds a character that the JVM's native encoding lacks.
		 */
		NOT_ENCODABLE,
		/** A secret cannot be read. */
		NO_SUCH_SECRET,
		/** The user or a group that it is to be run as is not there. */
		NO_SUCH_USER,
		/** Something of its isolation cannot be had here. */
		ISOLATION,
		/** The machine has no room: too many processes, files, or too little memory. */
		NO_RESOURCES,
		/** A policy or a listener does not allow it: {@link ProcessDeniedException}. */
		DENIED,
		/** It needs a terminal, and there is none. */
		NO_TERMINAL,
		/** Its turn did not come: what it was part of ended before. */
		CANCELLED,
		/** Something else; the message tells. */
		OTHER

	}

}
