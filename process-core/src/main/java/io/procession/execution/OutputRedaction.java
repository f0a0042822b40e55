package io.procession.execution;

import java.util.ArrayList;
import java.util.List;

import io.procession.process.CapturedOutput;
import io.procession.process.ProcessSpec;
import io.procession.security.Printable;
import io.procession.security.Redactor;

/**
 * Redacts the secrets of an execution in excerpts of its output: values that were passed
 * as secrets, and values whose names identify them as secrets. <i>Immutable.</i>
 */
final class OutputRedaction {

	private static final int EXCERPT = 400;

	private static final int WINDOW = 4096;

	private final ProcessSpec spec;

	private final List<String> arguments;

	/**
	 * Create the redaction; secrets are not searched for until they are needed.
	 * @param spec the process, whose redactor has the values that were passed as secrets
	 * @param arguments the argument vector, with unredacted secrets
	 */
	OutputRedaction(ProcessSpec spec, List<String> arguments) {
		this.spec = spec;
		this.arguments = arguments;
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
