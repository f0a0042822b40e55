package io.procession.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import io.procession.benchmarks.scenario.Bound;
import io.procession.benchmarks.scenario.Measure;

/**
 * Writes results as Markdown.
 */
final class Report {

	private final Options options;

	Report(Options options) {
		this.options = options;
	}

	/**
	 * Return the heading, with machine, JDK and load.
	 */
	String header() {
		Runtime.Version version = Runtime.version();
		return """
				## Comparison of %s%s

				- machine: %d cores%s, %s %s %s
				- JDK: %s (%s)
				- load at the start: %.1f

				| row | what | who | value | %s | ratio | rounds | must | holds |
				|---|---|---|---:|---:|---:|---:|---:|---|
				""".formatted(Instant.now().truncatedTo(ChronoUnit.MINUTES),
				this.options.quick() ? ", quick: shows that everything works, not how fast it is" : "",
				Runtime.getRuntime().availableProcessors(), processor().map((model) -> " of " + model).orElse(""),
				System.getProperty("os.name"), System.getProperty("os.version"), System.getProperty("os.arch"), version,
				System.getProperty("java.vendor"), load(), "against");
	}

	/**
	 * Return the lines of one row.
	 */
	String rows(Results results) {
		StringBuilder rows = new StringBuilder();
		for (Measure measure : results.measures()) {
			for (String contender : results.contenders()) {
				if (!contender.equals(results.baseline())) {
					rows.append(row(results, contender, measure));
				}
			}
		}
		return rows.toString();
	}

	private String row(Results results, String contender, Measure measure) {
		double value = results.value(contender, measure);
		double ratio = results.ratio(contender, measure);
		double[] ratios = results.ratios(contender, measure);
		Optional<Bound> bound = results.scenario()
			.bounds()
			.stream()
			// what is to be reached is said of the whole work
			.filter((candidate) -> !this.options.quick())
			.filter((candidate) -> candidate.contender().equals(contender) && candidate.measure() == measure)
			.findFirst();
		return "| %s | %s | %s | %s | %s | %s | %s | %s | %s |%n".formatted(results.scenario().name(), measure.label(),
				contender, quantity(value, measure), quantity(results.value(results.baseline(), measure), measure),
				ratio(ratio),
				ratios.length + ": " + ratio(ratios[ratios.length / 4]) + "–" + ratio(ratios[3 * ratios.length / 4]),
				bound.map((must) -> "≤ " + (must.ratio() ? ratio(must.most()) : quantity(must.most(), measure)))
					.orElse(""),
				bound.map((must) -> (hundredths(must.ratio() ? ratio : value) <= hundredths(must.most())) ? "yes"
						: "**no**")
					.orElse(""));
	}

	// what looks the same in the table is the same
	private static long hundredths(double value) {
		return Math.round(100 * value);
	}

	private static String ratio(double value) {
		return Double.isFinite(value) ? String.format(Locale.ROOT, "%.2f", value) : "-";
	}

	private static String quantity(double value, Measure measure) {
		String number = String.format(Locale.ROOT, (Math.abs(value) < 10 && value % 1 != 0) ? "%.2f" : "%.0f", value);
		return (number + " " + measure.unit()).trim();
	}

	/**
	 * Return the text below the table.
	 */
	String footer(List<Results> results) {
		StringBuilder text = new StringBuilder(
				String.format(Locale.ROOT, "%nLoad at the end: %.1f. Rows:%n%n", load()));
		for (Results result : results) {
			text.append("- ").append(result.scenario().name()).append(": ").append(result.scenario().title());
			text.append("; against ").append(result.baseline()).append(System.lineSeparator());
		}
		return text.toString();
	}

	private static double load() {
		return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
	}

	private static Optional<String> processor() {
		try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
			return lines.filter((line) -> line.startsWith("model name"))
				.map((line) -> line.substring(line.indexOf(':') + 1).trim())
				.findFirst();
		}
		catch (IOException ex) {
			return Optional.empty();
		}
	}

}
