package io.procession.supervision;

import java.util.regex.Pattern;

import io.procession.isolation.Tool;
import io.procession.process.OutputOptions;
import io.procession.process.ProcessInput;
import io.procession.process.ProcessSpec;

/**
 * A command that is meant to keep running, and how to keep it so. Made by
 * {@link #builder(String, ProcessSpec)}. <i>Immutable.</i>
 *
 * <p>
 * Its process is named after it. Where the spec says nothing, it has no timeout, reads
 * the null device, and the last 64 KiB of each stream of its output are kept.
 *
 * @param name what it is called: a letter, then letters, digits, {@code .}, {@code _} and
 * {@code -}
 * @param spec what it runs
 * @param autostart whether {@link ProcessSupervisor#start()} starts it
 * @param restart when it is started again
 * @param leaveBehind whether everything that its process leaves behind when it ends by
 * itself lives on
 */
public record Program(String name, ProcessSpec spec, boolean autostart, RestartPolicy restart, boolean leaveBehind) {

	private static final long KEPT_OUTPUT = 64 * 1024;

	// a path segment of the endpoint, a metric tag, and never to be taken for a PID
	private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9._-]*");

	/**
	 * Checks the name and the spec.
	 * @param name what it is called
	 * @param spec what it runs
	 * @param autostart whether the supervisor starts it by itself
	 * @param restart when it is started again
	 * @param leaveBehind whether everything that its process leaves behind lives on
	 */
	public Program {
		if (!NAME.matcher(name).matches()) {
			throw new IllegalArgumentException("'" + name.replace("\0", "\\0") + "' cannot be the name of a program: "
					+ "it must be a letter, then letters, digits, '.', '_' and '-'");
		}
		if (spec.detached()) {
			throw new IllegalArgumentException(
					"Program '" + name + "' must not be detached: its supervisor could not stop it when it closes");
		}
	}

	/**
	 * Starts a program that is started by its supervisor, and again 1 s after a failure.
	 * @param name what it is called
	 * @param spec what it runs
	 * @return a builder
	 */
	public static Builder builder(String name, ProcessSpec spec) {
		return new Builder(name, spec);
	}

	/** What it runs, completed by what holds for programs where the spec says nothing. */
	ProcessSpec processSpec() {
		OutputOptions output = this.spec.output();
		ProcessSpec.Builder builder = this.spec.toBuilder().name(this.name);
		if (this.spec.timeout() == null) {
			builder.noTimeout();
		}
		if (this.spec.input() == null) {
			builder.input(ProcessInput.none());
		}
		if (output.capture() && output.limit() == null && output.keepLast() == null) {
			builder.keepLast(KEPT_OUTPUT);
		}
		if (this.spec.idleTimeout() == null) {
			builder.noIdleTimeout();
		}
		// the terminal's Ctrl-C is for the JVM, which stops its programs in order
		if (this.spec.terminal() == null && Tool.SETSID.find().isPresent()) {
			builder.newSession();
		}
		return builder.build();
	}

	/**
	 * Collects what a {@link Program} says. <i>Not thread-safe.</i>
	 */
	public static final class Builder {

		private final String name;

		private final ProcessSpec spec;

		private boolean autostart = true;

		private RestartPolicy restart = RestartPolicy.onFailure();

		private boolean leaveBehind;

		private Builder(String name, ProcessSpec spec) {
			this.name = name;
			this.spec = spec;
		}

		/**
		 * Whether {@link ProcessSupervisor#start()} starts it. On unless said otherwise.
		 * @param value whether it does
		 * @return this builder
		 */
		public Builder autostart(boolean value) {
			this.autostart = value;
			return this;
		}

		/**
		 * When it is started again; after a failure unless said otherwise.
		 * @param value the policy
		 * @return this builder
		 */
		public Builder restart(RestartPolicy value) {
			this.restart = value;
			return this;
		}

		/**
		 * Set whether everything lives on that the process leaves behind when it ends by
		 * itself. By default, that is stopped, by the stop signal, the stop grace and
		 * KILL, before the program is restarted, or when it has ended for good. A stop on
		 * request reaches the whole tree of a running process either way.
		 * @param value whether it lives on
		 * @return this builder
		 */
		public Builder leaveBehind(boolean value) {
			this.leaveBehind = value;
			return this;
		}

		/**
		 * Checks the whole.
		 * @return the program
		 * @throws IllegalArgumentException naming the first value that is wrong
		 */
		public Program build() {
			return new Program(this.name, this.spec, this.autostart, this.restart, this.leaveBehind);
		}

	}

}
