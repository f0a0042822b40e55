package io.procession.security;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * Rule that matches a program, or all programs in a directory, and their arguments. A
 * program that is named without a path is looked up once in the JVM's {@code PATH}.
 * <i>Immutable.</i>
 */
final class ProgramRule {

	private final String text;

	private final List<Pattern> arguments;

	/**
	 * Program or directory of this rule, with the links of its parent directory resolved.
	 */
	private final Executable executable;

	/** Name that the program was given by, or {@code null} if it was given by a path. */
	private final @Nullable String name;

	private final boolean directory;

	/**
	 * Create a rule.
	 * @param program name or path of a program, or path of a directory
	 * @param arguments regular expressions
	 * @throws IllegalArgumentException if there is no such program, or an expression is
	 * invalid
	 */
	ProgramRule(String program, List<String> arguments) {
		if (program.isBlank()) {
			throw new IllegalArgumentException("A rule must name a program or a directory, but is empty");
		}
		boolean isPath = program.indexOf('/') >= 0 || program.indexOf('\\') >= 0;
		if (isPath && !Path.of(program).isAbsolute()) {
			throw new IllegalArgumentException(
					"'" + program + "' must be an absolute path, or a name to be looked up in the PATH");
		}
		Path found = Executables.find(program, null, null)
			.orElseThrow(() -> new IllegalArgumentException((isPath ? "no such program or directory: '" + program + "'"
					: "program '" + program + "' not found in the PATH of the JVM: use its path")));
		try {
			this.executable = Executable.of(found, List.of(program));
		}
		catch (IOException ex) {
			throw new IllegalArgumentException("'" + program + "' cannot be resolved (" + ex + ")", ex);
		}
		this.name = isPath ? null : Executable.name(found);
		this.directory = Files.isDirectory(found);
		this.arguments = arguments.stream().map(ProgramRule::pattern).toList();
		this.text = program + (arguments.isEmpty() ? "" : " with arguments " + arguments);
	}

	private static Pattern pattern(String expression) {
		try {
			return Pattern.compile(expression, Pattern.DOTALL);
		}
		catch (PatternSyntaxException ex) {
			throw new IllegalArgumentException(
					"'" + expression + "' is not a regular expression: " + ex.getDescription(), ex);
		}
	}

	boolean hasArguments() {
		return !this.arguments.isEmpty();
	}

	boolean isDirectory() {
		return this.directory;
	}

	/**
	 * Return whether this rule matches every program that another rule matches,
	 * regardless of arguments.
	 */
	boolean covers(ProgramRule other) {
		return other.directory ? this.directory && other.executable.real().startsWith(this.executable.real())
				: means(other.executable);
	}

	/**
	 * Return whether this rule names the file itself, not only the target of its link.
	 */
	boolean names(Executable candidate) {
		return this.directory ? candidate.place().startsWith(this.executable.real())
				: candidate.place().equals(this.executable.place());
	}

	/** Return whether this rule matches the program and all of its arguments. */
	boolean allows(Executable candidate, List<String> vector) {
		return means(candidate) && matches(vector, Stream::allMatch);
	}

	/**
	 * Return whether this rule matches the program and, if it has patterns for arguments,
	 * at least one of the arguments.
	 */
	boolean denies(Executable candidate, List<String> vector) {
		boolean meant = means(candidate) || (candidate.applet() == null && isSameFile(candidate.real()))
				|| (!this.directory
						&& candidate.isPart(Executable.name(this.executable.place()), this.executable.real()))
				|| (this.name != null && this.name.equals(candidate.applet()));
		return meant && (this.arguments.isEmpty() || matches(vector, Stream::anyMatch));
	}

	private boolean means(Executable candidate) {
		if (this.directory) {
			return candidate.real().startsWith(this.executable.real());
		}
		Path real = real();
		if (!candidate.real().equals(real)) {
			return candidate.place().equals(this.executable.place());
		}
		// a path to BusyBox itself stands for all of its programs, a link to it for a
		// single one
		return this.executable.applet() == null || this.executable.applet().equals(candidate.applet());
	}

	private Path real() {
		if (!this.executable.isLink()) {
			return this.executable.real();
		}
		try {
			// an update may have changed the link: the rule applies to its current target
			return this.executable.place().toRealPath();
		}
		catch (IOException ex) {
			return this.executable.real();
		}
	}

	private boolean isSameFile(Path file) {
		try {
			return !this.directory && Files.isSameFile(file, this.executable.real());
		}
		catch (IOException ex) {
			return false;
		}
	}

	private boolean matches(List<String> vector, Quantifier quantifier) {
		if (this.arguments.isEmpty()) {
			return true;
		}
		return quantifier.test(vector.stream().skip(1),
				(argument) -> this.arguments.stream().anyMatch((pattern) -> pattern.matcher(argument).matches()));
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof ProgramRule rule && this.executable.equals(rule.executable)
				&& this.arguments.stream()
					.map(Pattern::pattern)
					.toList()
					.equals(rule.arguments.stream().map(Pattern::pattern).toList());
	}

	@Override
	public int hashCode() {
		return Objects.hash(this.executable);
	}

	@Override
	public String toString() {
		return this.text;
	}

	@FunctionalInterface
	private interface Quantifier {

		boolean test(Stream<String> values, Predicate<String> predicate);

	}

}
