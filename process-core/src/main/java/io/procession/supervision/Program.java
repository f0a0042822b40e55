package io.procession.supervision;

import java.util.regex.Pattern;

import io.procession.isolation.Tool;
import io.procession.process.OutputOptions;
import io.procession.process.ProcessInput;
import io.procession.process.ProcessSpec;

/**
 * A command that is to be kept running, and how to do so. Created by
 * {@link #builder(String, ProcessSpec)}. <i>Immutable.</i>
 *
 * <p>
 * Its process has the name of the program. Unless the spec configures otherwise, the
 * process has no timeout, reads from the null device, and the last 64 KiB of each of its
 * output streams are captured.
 *
 * @param name name of the program: a letter, followed by letters, digits, {@code .},
 * {@code _} and {@code -}
 * @param spec the process to run
 * @param autostart whether {@link ProcessSupervisor#start()} starts the program
 * @param restart when the program is restarted
 * @param leaveBehind whether processes that its process leaves behind when it ends by
 * itself keep running
 */
public record Program(String name, ProcessSpec spec, boolean autostart, RestartPolicy restart, boolean leaveBehind) {

	private static final long KEPT_OUTPUT = 64 * 1024;

	// a path segment of the endpoint and a metric tag, and distinguishable from a PID
	private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9._-]*");

	/**
	 * Check the name and the spec.
	 * @param name name of the program
	 * @param spec the process to run
	 * @param autostart whether {@link ProcessSupervisor#start()} starts the program
	 * @param restart when the program is restarted
	 * @param leaveBehind whether processes that its process leaves behind keep running
	 */
	public Program {
		if (!NAME.matcher(name).matches()) {
			throw new IllegalArgumentException("'" + name.replace("\0", "\\0") + "' cannot be the name of a program: "
					+ "it must start with a letter, followed by letters, digits, '.', '_' or '-'");
		}
		if (spec.detached()) {
			throw new IllegalArgumentException(
					"Program '" + name + "' must not be detached: its supervisor could not stop it when it closes");
		}
	}

	/**
	 * Create a builder for a program that, by default, is started with its supervisor and
	 * restarted 1 s after a failure.
	 * @param name name of the program
	 * @param spec the process to run
	 * @return a builder
	 */
	public static Builder builder(String name, ProcessSpec spec) {
		return new Builder(name, spec);
	}

	/** Return the process to run, with the defaults for programs applied. */
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
		// Ctrl-C in the terminal must only reach the JVM, which stops its programs in
		// order
		if (this.spec.terminal() == null && Tool.SETSID.find().isPresent()) {
			builder.newSession();
		}
		return builder.build();
	}

	/**
	 * Builder for a {@link Program}. <i>Not thread-safe.</i>
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
		 * Set whether {@link ProcessSupervisor#start()} starts the program. Default is
		 * {@code true}.
		 * @param value whether the program is started
		 * @return this builder
		 */
		public Builder autostart(boolean value) {
			this.autostart = value;
			return this;
		}

		/**
		 * Set when the program is restarted. Default is
		 * {@link RestartPolicy#onFailure()}.
		 * @param value the policy
		 * @return this builder
		 */
		public Builder restart(RestartPolicy value) {
			this.restart = value;
			return this;
		}

		/**
		 * Set whether processes that the process of this program leaves behind when it
		 * ends by itself keep running. By default, they are stopped (stop signal, stop
		 * grace, KILL) before the program is restarted, or when it has ended and is not
		 * restarted. A stop on request always includes the whole tree of a running
		 * process.
		 * @param value whether they keep running
		 * @return this builder
		 */
		public Builder leaveBehind(boolean value) {
			this.leaveBehind = value;
			return this;
		}

		/**
		 * Check the values and create the program.
		 * @return the program
		 * @throws IllegalArgumentException if a value is invalid, naming the first one
		 */
		public Program build() {
			return new Program(this.name, this.spec, this.autostart, this.restart, this.leaveBehind);
		}

	}

}
