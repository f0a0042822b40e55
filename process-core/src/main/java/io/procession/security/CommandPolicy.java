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
 * Which programs may be started, judged by the file that is executed in the end, its
 * links resolved, and by its arguments.
 *
 * <ul>
 * <li>What a deny rule means is denied, also as the interpreter of a script.</li>
 * <li>Where there are allow rules, what none of them means is denied.</li>
 * <li>Shells, and programs that are there to run others ({@code env}, {@code xargs},
 * {@code sudo}, {@code busybox}, the dynamic loader...), are denied unless an allow rule
 * names them, not only their folder, or {@link Builder#allowShells()} was said. Without
 * allow rules that holds for the interpreters of scripts too.</li>
 * </ul>
 *
 * <p>
 * What was judged is what is started: by its resolved path, unless an allow rule names
 * the link itself (or there are no allow rules), for some programs look at the name that
 * they are called by. The policy does not look into what a program does then: one that
 * can run others ({@code find -exec}, {@code git}, {@code python}) is to be allowed with
 * patterns for its arguments, or not at all. <i>Immutable.</i>
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
	 * No policy: everything may be started, and nothing is looked at.
	 * @return the policy
	 */
	public static CommandPolicy none() {
		return NONE;
	}

	/**
	 * Starts a policy.
	 * @return a builder
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Whether there is anything to judge.
	 * @return whether everything may be started
	 */
	public boolean isNone() {
		return this == NONE;
	}

	/**
	 * Judges a start.
	 * @param file the file to be executed, an absolute path
	 * @param arguments the argument vector, the program first, secrets in the clear
	 * @param lookup finds a program by its name, as the started program would
	 * @return whether it may be started, and how
	 */
	public Verdict judge(Path file, List<String> arguments, Function<String, Optional<Path>> lookup) {
		Executable executable;
		try {
			executable = Executable.of(file, arguments);
		}
		catch (IOException ex) {
			return Verdict.denied("the path cannot be resolved");
		}
		try {
			return judge(executable, Interpreters.of(executable.real(), lookup), arguments);
		}
		catch (StackOverflowError ex) {
			// Pattern goes one deeper with each turn of some loops
			return Verdict.denied("the policy: an argument is too long for its patterns");
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
				return Verdict.denied("the rule 'deny " + rule + "', which holds for the interpreter of a script");
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
		if (!this.shells && executable.runsOthers() && rules.stream().allMatch(ProgramRule::isFolder)) {
			return shellsAreOff();
		}
		// who names a link trusts it, and the program may go by its name
		boolean named = rules.stream().anyMatch((rule) -> rule.names(executable));
		if (!named && executable.isLink() && executable.applet() != null) {
			// by its resolved path it would take its first argument for what it is to be
			return Verdict.denied("the policy, which does not allow this link to '" + executable.real() + "'");
		}
		return Verdict.allowed((named || !executable.isLink()) ? executable.place() : executable.real());
	}

	private static Verdict shellsAreOff() {
		return Verdict.denied("the policy, by which shells and programs that run others are off");
	}

	@Override
	public String toString() {
		return isNone() ? "CommandPolicy[none]"
				: "CommandPolicy[allow=" + this.allowed + ", deny=" + this.denied + ", shells=" + this.shells + "]";
	}

	/**
	 * What a policy says to a start. <i>Immutable.</i>
	 *
	 * @param start the path to start it by, or {@code null} if it is denied
	 * @param rule what denies it, in words; empty if nothing does
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
	 * Collects rules. A program is a name, which is looked up in the {@code PATH} of the
	 * JVM once, an absolute path, or the absolute path of a folder, which means all that
	 * is in it and beneath. <i>Not thread-safe.</i>
	 */
	public static final class Builder {

		private final List<ProgramRule> allowed = new ArrayList<>();

		private final List<ProgramRule> denied = new ArrayList<>();

		private boolean shells;

		private Builder() {
		}

		/**
		 * Allows a program, and from now on only what a rule allows.
		 * @param program name or path of a program, or path of a folder
		 * @param arguments regular expressions: each argument must match one of them as a
		 * whole; without any, all arguments are allowed
		 * @return this builder
		 * @throws IllegalArgumentException if there is no such program, or an expression
		 * is none
		 */
		public Builder allow(String program, String... arguments) {
			this.allowed.add(new ProgramRule(program, Arrays.asList(arguments)));
			return this;
		}

		/**
		 * Denies a program, whatever is allowed.
		 * @param program name or path of a program, or path of a folder
		 * @param arguments regular expressions: denied if one of the arguments matches
		 * one of them as a whole; without any, it is denied altogether
		 * @return this builder
		 * @throws IllegalArgumentException if there is no such program, or an expression
		 * is none
		 */
		public Builder deny(String program, String... arguments) {
			this.denied.add(new ProgramRule(program, Arrays.asList(arguments)));
			return this;
		}

		/**
		 * Allows shells, and programs that run others, as far as rules allow them.
		 * @return this builder
		 */
		public Builder allowShells() {
			this.shells = true;
			return this;
		}

		/**
		 * Checks the whole.
		 * @return the policy
		 * @throws IllegalArgumentException if rules contradict each other
		 */
		public CommandPolicy build() {
			for (ProgramRule rule : this.allowed) {
				if (this.denied.stream()
					.anyMatch((other) -> other.equals(rule) || (!other.hasArguments() && other.covers(rule)))) {
					throw new IllegalArgumentException("'" + rule
							+ "' is both allowed and denied: a deny rule always wins, remove one of the two");
				}
			}
			return new CommandPolicy(this.allowed, this.denied, this.shells);
		}

	}

}
