package io.procession.execution;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import io.procession.concurrent.TimeSource;
import io.procession.event.ProcessListener;
import io.procession.event.ProcessStarting;
import io.procession.process.Origin;
import io.procession.process.ProcessDeniedException;
import io.procession.process.ProcessSpec;
import io.procession.process.ProcessStartException;
import io.procession.process.SecretResolver;
import io.procession.security.CommandPolicy;
import io.procession.security.EnvironmentPolicy;
import io.procession.security.Executables;
import io.procession.security.Redactor;
import io.procession.security.SecurityPolicy;

/**
 * Authorizes each start: provides the resolver of secrets and the environment that the
 * policy allows to be inherited, evaluates the command policy, and calls the listeners.
 * <i>Thread-safe.</i>
 */
final class LaunchAuthorizer {

	private final SecurityPolicy policy;

	private final SecretResolver secretResolver;

	private final EventDispatcher events;

	private final TimeSource time;

	/**
	 * Inherited variables, or {@code null} for all of them; the environment of the JVM
	 * never changes.
	 */
	private final @Nullable Map<String, String> inherited;

	LaunchAuthorizer(SecurityPolicy policy, SecretResolver secretResolver, EventDispatcher events, TimeSource time) {
		this.policy = policy;
		this.secretResolver = secretResolver;
		this.events = events;
		this.time = time;
		EnvironmentPolicy environment = policy.environment();
		this.inherited = environment.isInheritAll() ? null
				: Collections.unmodifiableMap(environment.inherited(System.getenv()));
	}

	SecretResolver secretResolver() {
		return this.secretResolver;
	}

	Redactor redactor() {
		return this.policy.redactor();
	}

	/**
	 * Return the variables that the policy allows a process to inherit, or {@code null}
	 * for the complete environment of the JVM.
	 */
	@Nullable Map<String, String> inherited() {
		return this.inherited;
	}

	/**
	 * Evaluate the command policy, then call the listeners.
	 * @param id the ID of the execution
	 * @param spec the process definition, redacted
	 * @param origin what the process is started for
	 * @param arguments the argument vector, with unredacted secrets
	 * @param ownPath the {@code PATH} in which the program is looked up, or {@code null}
	 * for that of the JVM
	 * @param seenPath the {@code PATH} in the environment of the process, or {@code null}
	 * for none
	 * @param own listeners of this process
	 * @return the file to be executed, or {@code null} if no command policy is configured
	 * @throws ProcessDeniedException if the policy or a listener denies the start
	 * @throws ProcessStartException if the program to be evaluated is not found
	 */
	@Nullable Path admit(String id, ProcessSpec spec, Origin origin, List<String> arguments, @Nullable String ownPath,
			@Nullable String seenPath, List<ProcessListener> own) {
		Path judged = this.policy.commands().isNone() ? null : judge(spec, arguments, ownPath, seenPath);
		RuntimeException veto = this.events.ask(() -> new ProcessStarting(id, spec.displayName(), this.time.now(),
				origin, spec.shown(spec.command().program()), spec.command().toString()), own);
		if (veto != null) {
			String reason = Objects.requireNonNullElse(veto.getMessage(), veto.getClass().getName());
			throw new ProcessDeniedException(spec, "a listener", reason, veto);
		}
		return judged;
	}

	/**
	 * Find the file that would be executed, and evaluate the command policy. No listener
	 * is called.
	 * @param spec the process definition, redacted
	 * @param arguments the argument vector, with unredacted secrets
	 * @param ownPath the {@code PATH} in which the program is looked up, or {@code null}
	 * for that of the JVM
	 * @param seenPath the {@code PATH} in the environment of the process, or {@code null}
	 * for none
	 * @return the file, or empty if there is no executable file
	 * @throws ProcessDeniedException if the policy denies it
	 */
	Optional<Path> find(ProcessSpec spec, List<String> arguments, @Nullable String ownPath, @Nullable String seenPath) {
		return Executables.find(arguments.get(0), spec.directory(), ownPath)
			.filter((file) -> Files.isRegularFile(file) && Files.isExecutable(file))
			.map((file) -> this.policy.commands().isNone() ? file : judge(spec, arguments, ownPath, seenPath));
	}

	private Path judge(ProcessSpec spec, List<String> arguments, @Nullable String ownPath, @Nullable String seenPath) {
		// env(1) searches the PATH of its own environment, and without one the default of
		// execvp(3)
		String searched = Objects.requireNonNullElse(seenPath, Executables.WITHOUT_PATH);
		Function<String, Optional<Path>> lookup = (name) -> Executables.find(name, spec.directory(), searched);
		Path found = Executables.find(arguments.get(0), spec.directory(), ownPath)
			.orElseThrow(() -> new ProcessStartException(
					spec, ProcessStartException.Reason.NOT_FOUND, "program '" + spec.command().program()
							+ "' not found " + where(spec, ownPath) + ", so that the command policy cannot check it",
					null));
		CommandPolicy.Verdict verdict = this.policy.commands().judge(found, arguments, lookup);
		if (verdict.start() == null) {
			throw new ProcessDeniedException(spec, verdict.rule(), "the program is '" + found
					+ "'; to allow it, use procession.security.commands or CommandPolicy.builder()", null);
		}
		return verdict.start();
	}

	private static String where(ProcessSpec spec, @Nullable String ownPath) {
		String program = spec.command().program();
		if (program.indexOf('/') < 0) {
			return (ownPath != null) ? "in its own PATH" : "in the JVM's PATH";
		}
		File file = new File(program);
		if (file.isAbsolute()) {
			return "at that path";
		}
		Path directory = spec.directory();
		File tried = (directory != null) ? new File(directory.toFile(), program) : file;
		return "at '" + Executables.absolutePath(tried) + "'";
	}

}
