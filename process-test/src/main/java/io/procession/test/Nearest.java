package io.procession.test;

import java.util.Comparator;
import java.util.List;

/**
 * Finds the texts that are most similar to another one, which may contain a typo.
 */
final class Nearest {

	private Nearest() {
	}

	/** Return all texts, most similar first. */
	static List<String> first(List<String> texts, String wanted) {
		return texts.stream().sorted(Comparator.comparingInt((text) -> distance(text, wanted))).toList();
	}

	/** Return the number of characters that must be changed, added or removed. */
	static int distance(String one, String other) {
		int[] before = new int[other.length() + 1];
		for (int j = 0; j <= other.length(); j++) {
			before[j] = j;
		}
		for (int i = 1; i <= one.length(); i++) {
			int[] row = new int[other.length() + 1];
			row[0] = i;
			for (int j = 1; j <= other.length(); j++) {
				int changed = before[j - 1] + ((one.charAt(i - 1) == other.charAt(j - 1)) ? 0 : 1);
				row[j] = Math.min(changed, Math.min(before[j], row[j - 1]) + 1);
			}
			before = row;
		}
		return before[other.length()];
	}

}
