package io.procession.execution;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.procession.process.CapturedOutput;
import io.procession.process.Command;
import io.procession.process.ProcessSpec;
import io.procession.security.Printable;
import io.procession.security.Redactor;

/**
 * The only place that decides what is hidden of one execution. The secrets that were
 * passed as such, by this process or a related one, are hidden in its definition, which
 * is what events, results, exceptions and messages show. In excerpts of its output,
 * values whose names identify them as secrets are hidden, too. <i>Immutable.</i>
 */
final class ExecutionRedaction {

	private static final int EXCERPT = 400;

	private static final int WINDOW = 4096;

	private final ProcessSpec spec;

	private final List<String> arguments;

	private ExecutionRedaction(ProcessSpec spec, List<String> arguments) {
		this.spec = spec;
		this.arguments = arguments;
	}

	/**
	 * Create the redaction; secrets in the output are not searched for until they are
	 * needed.
	 * @param spec the process definition
	 * @param redactor the redactor of the policy
	 * @param shared the secrets of related processes, or {@code null} for none
	 * @param secrets the values of the secrets of this process
	 * @param arguments the argument vector, with unredacted secrets
	 */
	static ExecutionRedaction of(ProcessSpec spec, Redactor redactor, @Nullable SharedSecrets shared,
			List<String> secrets, List<String> arguments) {
		// a secret may also occur in another argument, or in the path of a file
		Redactor all = ((shared != null) ? redactor.hiding(shared) : redactor).hiding(secrets);
		Command shown = spec.command().redactedBy(all);
		return new ExecutionRedaction((shown != spec.command()) ? spec.toBuilder().command(shown).build() : spec,
				arguments);
	}

	/** Return this redaction with variables added to the process definition. */
	ExecutionRedaction with(Map<String, String> variables) {
		return new ExecutionRedaction(this.spec.toBuilder().env(variables).build(), this.arguments);
	}

	/** Return the redacted process definition. */
	ProcessSpec spec() {
		return this.spec;
	}

	private Redactor redactor() {
		Redactor redactor = this.spec.command().redactor();
		List<String> found = new ArrayList<>(redactor.find(this.arguments));
		this.spec.environment().variables().forEach((name, value) -> add(redactor, name, value, found));
		if (!Boolean.FALSE.equals(this.spec.environment().inherit())) {
			System.getenv().forEach((name, value) -> add(redactor, name, value, found));
		}
		return redactor.hiding(found);
	}

	private static void add(Redactor redactor, String name, String value, List<String> found) {
		if (!redactor.isSecret(name)) {
			// for example the password within a database URL
			found.addAll(redactor.find(List.of(value)));
		}
		else if (Redactor.isRecognisable(value)) {
			found.add(value);
		}
	}

	/**
	 * Return the end of the output as one line that can be shown: without secrets and
	 * control characters.
	 */
	String excerpt(CapturedOutput output) {
		if (output.length() == 0) {
			return "";
		}
		Redactor redactor = redactor();
		int window = WINDOW + 4 * redactor.longestValue();
		boolean cut = output.length() > window || output.dropped() > 0;
		String line = onOneLine(redactor.hideInPart(output.tail(window), cut).strip());
		return (line.length() > EXCERPT) ? "..." + line.substring(line.length() - EXCERPT) : line;
	}

	private static String onOneLine(String text) {
		StringBuilder line = new StringBuilder(text.length());
		for (int i = 0; i < text.length(); i++) {
			char c = text.charAt(i);
			boolean windows = c == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n';
			if (c == '\n') {
				line.append(" | ");
			}
			else if (!windows) {
				Printable.append(c, line);
			}
		}
		return line.toString();
	}

}
