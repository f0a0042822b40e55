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
 * A program, or all programs in a folder, and what its arguments look like. A program
 * that is named without a path is looked up in the JVM's {@code PATH}, once.
 * <i>Immutable.</i>
 */
final class ProgramRule {

	private final String text;

	private final List<Pattern> arguments;

	/** What stands there, its folder's links resolved. */
	private final Executable executable;

	/** The name that it was given by, or {@code null} if that was a path. */
	private final @Nullable String name;

	private final boolean folder;

	/**
	 * A new rule.
	 * @param program name or path of a program, or path of a folder
	 * @param arguments regular expressions
	 * @throws IllegalArgumentException if there is no such program, or an expression is
	 * none
	 */
	ProgramRule(String program, List<String> arguments) {
		if (program.isBlank()) {
			throw new IllegalArgumentException("A rule must name a program or a folder: it is empty");
		}
		boolean isPath = program.indexOf('/') >= 0 || program.indexOf('\\') >= 0;
		if (isPath && !Path.of(program).isAbsolute()) {
			throw new IllegalArgumentException(
					"'" + program + "' must be an absolute path, or a name that is looked up in the PATH");
		}
		Path found = Executables.find(program, null, null)
			.orElseThrow(
					() -> new IllegalArgumentException("there is no " + (isPath ? "program or folder '" + program + "'"
							: "program '" + program + "' in the PATH of the JVM: give its path")));
		try {
			this.executable = Executable.of(found, List.of(program));
		}
		catch (IOException ex) {
			throw new IllegalArgumentException("'" + program + "' cannot be resolved (" + ex + ")", ex);
		}
		this.name = isPath ? null : Executable.name(found);
		this.folder = Files.isDirectory(found);
		this.arguments = arguments.stream().map(ProgramRule::pattern).toList();
		this.text = program + (arguments.isEmpty() ? "" : " with arguments " + arguments);
	}

	private static Pattern pattern(String expression) {
		try {
			return Pattern.compile(expression, Pattern.DOTALL);
		}
		catch (PatternSyntaxException ex) {
			throw new IllegalArgumentException("'" + expression + "' is no regular expression: " + ex.getDescription(),
					ex);
		}
	}

	boolean hasArguments() {
		return !this.arguments.isEmpty();
	}

	boolean isFolder() {
		return this.folder;
	}

	/** Whether it leaves nothing of another rule. */
	boolean covers(ProgramRule other) {
		return other.folder ? this.folder && other.executable.real().startsWith(this.executable.real())
				: means(other.executable);
	}

	/** Whether it names the file itself, not only what that is a link to. */
	boolean names(Executable candidate) {
		return this.folder ? candidate.place().startsWith(this.executable.real())
				: candidate.place().equals(this.executable.place());
	}

	/** Whether it means the program, and every argument is one that it knows. */
	boolean allows(Executable candidate, List<String> vector) {
		return means(candidate) && matches(vector, Stream::allMatch);
	}

	/** Whether it means the program, and one of the arguments, if it knows any. */
	boolean denies(Executable candidate, List<String> vector) {
		boolean meant = means(candidate) || (candidate.applet() == null && isSameFile(candidate.real()))
				|| (!this.folder && candidate.isPart(Executable.name(this.executable.place()), this.executable.real()))
				|| (this.name != null && this.name.equals(candidate.applet()));
		return meant && (this.arguments.isEmpty() || matches(vector, Stream::anyMatch));
	}

	private boolean means(Executable candidate) {
		if (this.folder) {
			return candidate.real().startsWith(this.executable.real());
		}
		Path real = real();
		if (!candidate.real().equals(real)) {
			return candidate.place().equals(this.executable.place());
		}
		// busybox itself stands for all that it holds, a link to it for one program
		return this.executable.applet() == null || this.executable.applet().equals(candidate.applet());
	}

	private Path real() {
		if (!this.executable.isLink()) {
			return this.executable.real();
		}
		try {
			// a link that an update has turned since still means what it points to
			return this.executable.place().toRealPath();
		}
		catch (IOException ex) {
			return this.executable.real();
		}
	}

	private boolean isSameFile(Path file) {
		try {
			return !this.folder && Files.isSameFile(file, this.executable.real());
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
