package io.procession.security;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * Decides which programs may be started, based on the file that is finally executed, with
 * its links resolved, and on its arguments.
 *
 * <ul>
 * <li>A program that matches a deny rule is denied, also as the interpreter of a
 * script.</li>
 * <li>If there are allow rules, a program that matches none of them is denied.</li>
 * <li>Shells and programs whose purpose is to run other programs ({@code env},
 * {@code xargs}, {@code sudo}, {@code busybox}, the dynamic loader...) are denied unless
 * an allow rule names the program itself and not only its directory, or
 * {@link Builder#allowShells()} was called. Without allow rules, this also applies to the
 * interpreters of scripts.</li>
 * </ul>
 *
 * <p>
 * The file that was judged is the file that is started: it is started by its resolved
 * path, unless an allow rule names the link itself or there are no allow rules, because
 * some programs depend on the name that they are called by. The policy does not control
 * what a program does once started. A program that can run others ({@code find -exec},
 * {@code git}, {@code python}) should be allowed with patterns for its arguments, or not
 * at all. <i>Immutable.</i>
 */
public final class CommandPolicy {

	private static final CommandPolicy NONE = new CommandPolicy(List.of(), List.of(), true);

	private final List<ProgramRule> allowed;

	private final List<ProgramRule> denied;

	private final boolean shells;

	private CommandPolicy(List<ProgramRule> allowed, List<ProgramRule> denied, boolean shells) {
		this.allowed = List.copyOf(allowed);
		this.denied = List.copyOf(denied);
		this.shells = shells;
	}

	/**
	 * Return the policy that allows every program without any check.
	 * @return the policy
	 */
	public static CommandPolicy none() {
		return NONE;
	}

	/**
	 * Create a builder for a policy.
	 * @return a builder
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Return whether this is the policy that allows every program.
	 * @return {@code true} for {@link #none()}
	 */
	public boolean isNone() {
		return this == NONE;
	}

	/**
	 * Decide whether a program may be started.
	 * @param file the file to be executed, an absolute path
	 * @param arguments the argument vector, beginning with the program, with secrets in
	 * plain text
	 * @param lookup finds a program by its name, as the started program would
	 * @return whether the program may be started, and by which path
	 */
	public Verdict judge(Path file, List<String> arguments, Function<String, Optional<Path>> lookup) {
		Executable executable;
		try {
			executable = Executable.of(file, arguments);
		}
		catch (IOException ex) {
			return Verdict.denied("the policy: the path cannot be resolved");
		}
		try {
			return judge(executable, Interpreters.of(executable.real(), lookup), arguments);
		}
		catch (StackOverflowError ex) {
			// Pattern recurses for each repetition of some loops
			return Verdict.denied("the policy: an argument is too long for the patterns of its rules");
		}
	}

	private Verdict judge(Executable executable, Interpreters interpreters, List<String> arguments) {
		if (!interpreters.unknown().isEmpty()) {
			return Verdict.denied(interpreters.unknown());
		}
		for (ProgramRule rule : this.denied) {
			if (rule.denies(executable, arguments)) {
				return Verdict.denied("the rule 'deny " + rule + "'");
			}
			if (interpreters.found().stream().anyMatch((interpreter) -> rule.denies(interpreter, arguments))) {
				return Verdict.denied("the rule 'deny " + rule + "', which applies to the interpreter of the script");
			}
		}
		if (!this.denied.isEmpty() && !interpreters.unclear().isEmpty()) {
			return Verdict.denied(interpreters.unclear());
		}
		return this.allowed.isEmpty() ? judgeByShells(executable, interpreters.found())
				: judgeByAllowed(executable, arguments);
	}

	private Verdict judgeByShells(Executable executable, List<Executable> interpreters) {
		if (!this.shells && (executable.runsOthers() || interpreters.stream().anyMatch(Executable::runsOthers))) {
			return shellsAreOff();
		}
		return Verdict.allowed(executable.place());
	}

	private Verdict judgeByAllowed(Executable executable, List<String> arguments) {
		List<ProgramRule> rules = this.allowed.stream().filter((rule) -> rule.allows(executable, arguments)).toList();
		if (rules.isEmpty()) {
			return Verdict.denied("the policy, which does not allow it");
		}
		if (!this.shells && executable.runsOthers() && rules.stream().allMatch(ProgramRule::isDirectory)) {
			return shellsAreOff();
		}
		// a rule that names a link trusts it, and the program may depend on the name of
		// the link
		boolean named = rules.stream().anyMatch((rule) -> rule.names(executable));
		if (!named && executable.isLink() && executable.applet() != null) {
			// started by its resolved path, it would select its program by its first
			// argument
			return Verdict.denied("the policy, which does not allow this link to '" + executable.real() + "'");
		}
		return Verdict.allowed((named || !executable.isLink()) ? executable.place() : executable.real());
	}

	private static Verdict shellsAreOff() {
		return Verdict.denied("the policy, which does not allow shells and programs that run other programs");
	}

	@Override
	public String toString() {
		return isNone() ? "CommandPolicy[none]"
				: "CommandPolicy[allow=" + this.allowed + ", deny=" + this.denied + ", shells=" + this.shells + "]";
	}

	/**
	 * Decision of a policy about a start. <i>Immutable.</i>
	 *
	 * @param start the path to start the program by, or {@code null} if it is denied
	 * @param rule description of the rule that denies the start; empty if it is allowed
	 */
	public record Verdict(@Nullable Path start, String rule) {

		static Verdict allowed(Path start) {
			return new Verdict(start, "");
		}

		static Verdict denied(String rule) {
			return new Verdict(null, rule);
		}

	}

	/**
	 * Builder for a {@link CommandPolicy}. A program is given as a name, which is looked
	 * up once in the {@code PATH} of the JVM, as an absolute path, or as the absolute
	 * path of a directory, which stands for all programs in it and in its subdirectories.
	 * <i>Not thread-safe.</i>
	 */
	public static final class Builder {

		private final List<ProgramRule> allowed = new ArrayList<>();

		private final List<ProgramRule> denied = new ArrayList<>();

		private boolean shells;

		private Builder() {
		}

		/**
		 * Allow a program. Once there is an allow rule, only programs that match an allow
		 * rule may be started.
		 * @param program name or path of a program, or path of a directory
		 * @param arguments regular expressions, at least one of which must match each
		 * argument as a whole; if there are none, all arguments are allowed
		 * @return this builder
		 * @throws IllegalArgumentException if there is no such program, or an expression
		 * is invalid
		 */
		public Builder allow(String program, String... arguments) {
			this.allowed.add(new ProgramRule(program, Arrays.asList(arguments)));
			return this;
		}

		/**
		 * Deny a program, even if an allow rule matches it.
		 * @param program name or path of a program, or path of a directory
		 * @param arguments regular expressions: the program is denied if any of them
		 * matches any of its arguments as a whole; if there are none, it is always denied
		 * @return this builder
		 * @throws IllegalArgumentException if there is no such program, or an expression
		 * is invalid
		 */
		public Builder deny(String program, String... arguments) {
			this.denied.add(new ProgramRule(program, Arrays.asList(arguments)));
			return this;
		}

		/**
		 * Allow shells and programs that run others, subject to the rules.
		 * @return this builder
		 */
		public Builder allowShells() {
			this.shells = true;
			return this;
		}

		/**
		 * Check the rules and create the policy.
		 * @return the policy
		 * @throws IllegalArgumentException if rules contradict each other
		 */
		public CommandPolicy build() {
			for (ProgramRule rule : this.allowed) {
				if (this.denied.stream()
					.anyMatch((other) -> other.equals(rule) || (!other.hasArguments() && other.covers(rule)))) {
					throw new IllegalArgumentException("'" + rule
							+ "' is both allowed and denied: a deny rule always wins; remove one of the two");
				}
			}
			return new CommandPolicy(this.allowed, this.denied, this.shells);
		}

	}

}
