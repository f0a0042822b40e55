package io.procession.benchmarks;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

import io.procession.benchmarks.scenario.Scenario;

/**
 * Options of the command line.
 *
 * @param scenarios the rows to run
 * @param rounds how often each contender is measured, if it was said
 * @param quick whether the work is cut down to a smoke run
 */
record Options(List<Scenario> scenarios, OptionalInt rounds, boolean quick) {

	static final String USAGE = """
			Options:
			  --quick          a smoke run of everything, in under a minute
			  --rows a,b       only these rows
			  --rounds n       rounds that count; else each row has its own number, 2 if quick
			  --list           the rows
			  --help           this
			""";

	static Options parse(String... arguments) {
		boolean quick = false;
		OptionalInt rounds = OptionalInt.empty();
		Set<String> rows = new HashSet<>();
		Iterator<String> words = Arrays.asList(arguments).iterator();
		while (words.hasNext()) {
			String word = words.next();
			switch (word) {
				case "--quick" -> quick = true;
				case "--rounds" -> rounds = OptionalInt.of(Integer.parseInt(value(word, words)));
				case "--rows" -> rows.addAll(List.of(value(word, words).split(",")));
				default -> throw new IllegalArgumentException("There is no option '" + word + "'");
			}
		}
		return new Options(scenarios(rows), rounds, quick);
	}

	private static String value(String option, Iterator<String> words) {
		if (!words.hasNext()) {
			throw new IllegalArgumentException("The option " + option + " needs a value");
		}
		return words.next();
	}

	private static List<Scenario> scenarios(Set<String> names) {
		List<Scenario> all = Scenario.all();
		if (names.isEmpty()) {
			return all;
		}
		Set<String> known = all.stream().map(Scenario::name).collect(Collectors.toSet());
		names.stream().filter((name) -> !known.contains(name)).findAny().ifPresent((name) -> {
			throw new IllegalArgumentException("There is no row '" + name + "': --list shows them");
		});
		return all.stream().filter((scenario) -> names.contains(scenario.name())).toList();
	}

	/**
	 * Return the number of measured rounds of a row.
	 */
	int rounds(Scenario scenario) {
		return this.rounds.orElseGet(() -> this.quick ? 2 : scenario.rounds());
	}

	/**
	 * Return the number of warm-up rounds.
	 */
	int warmUpRounds(Scenario scenario) {
		return Math.max(1, rounds(scenario) / 3);
	}

	static String list() {
		return Scenario.all()
			.stream()
			.map((scenario) -> "%-14s %s%n".formatted(scenario.name(), scenario.title()))
			.collect(Collectors.joining());
	}

}
