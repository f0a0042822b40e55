package io.procession.execution;

import java.util.Comparator;
import java.util.List;

import io.procession.process.CapturedOutput;

/**
 * The secrets of one run, kept out of what messages show of its output. <i>Immutable.</i>
 */
final class Masks {

	private static final int EXCERPT = 400;

	private static final int WINDOW = 4096;

	private final List<String> secrets;

	Masks(List<String> secrets) {
		// longest first: one secret may hold another
		this.secrets = secrets.stream()
			.filter((secret) -> !secret.isBlank())
			.sorted(Comparator.comparingInt(String::length).reversed())
			.toList();
	}

	String hide(String text) {
		String hidden = text;
		for (String secret : this.secrets) {
			hidden = hidden.replace(secret, "***");
		}
		return hidden;
	}

	/**
	 * The end of an output as one line that may be shown: without secrets, without
	 * control characters.
	 */
	String excerpt(CapturedOutput output) {
		int longest = this.secrets.isEmpty() ? 0 : this.secrets.get(0).length();
		int window = WINDOW + 4 * longest;
		String tail = output.tail(window);
		if (output.length() > window || output.dropped() > 0) {
			// what is cut at the front may be half a secret
			tail = tail.substring(Math.min(longest, tail.length()));
		}
		StringBuilder line = new StringBuilder();
		hide(tail).strip().chars().forEach((c) -> {
			if (c == '\n') {
				line.append(" | ");
			}
			else if (c != '\r') {
				line.append(Character.isISOControl(c) ? '?' : (char) c);
			}
		});
		return (line.length() > EXCERPT) ? "..." + line.substring(line.length() - EXCERPT) : line.toString();
	}

}
