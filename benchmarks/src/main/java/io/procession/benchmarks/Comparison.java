package io.procession.benchmarks;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

import io.procession.benchmarks.scenario.Contender;
import io.procession.benchmarks.scenario.Sample;
import io.procession.benchmarks.scenario.Scenario;
import io.procession.benchmarks.scenario.Setting;

/**
 * Measures all contenders of each row inside one run, interleaved, and prints ratios as a
 * Markdown table.
 *
 * <p>
 * In each round every contender does the work once, in an order that is rotated from
 * round to round, so that whatever else the machine does meets all of them alike. The
 * first rounds warm up and are dropped, except where each sample has a JVM of its own.
 * Ends with an error if something fails, never because something is slow.
 */
public final class Comparison {

	private static final String SAMPLE = "--sample";

	private final PrintStream table = new PrintStream(System.out, true, StandardCharsets.UTF_8);

	private final Options options;

	private Comparison(Options options) {
		this.options = options;
	}

	public static void main(String[] arguments) throws Exception {
		List<String> words = Arrays.asList(arguments);
		if (words.contains("--help")) {
			System.out.print(Options.USAGE);
		}
		else if (words.contains("--list")) {
			System.out.print(Options.list());
		}
		else if (words.contains(SAMPLE)) {
			sample(words.get(1), words.get(2), Boolean.parseBoolean(words.get(3)));
		}
		else {
			new Comparison(Options.parse(arguments)).run();
		}
	}

	private void run() throws Exception {
		Report report = new Report(this.options);
		this.table.print(report.header());
		List<Results> all = new ArrayList<>();
		try (Setting setting = new Setting(this.options.quick())) {
			setting.prepare();
			for (Scenario scenario : this.options.scenarios()) {
				Results results = run(scenario, setting);
				this.table.print(report.rows(results));
				all.add(results);
			}
		}
		this.table.print(report.footer(all));
	}

	private Results run(Scenario scenario, Setting setting) throws Exception {
		List<Contender> order = new ArrayList<>(scenario.contenders(setting));
		Results results = new Results(scenario, order.stream().map(Contender::name).toList());
		boolean ownJvm = !scenario.ownJvm().isEmpty();
		int warmUpRounds = ownJvm ? 0 : this.options.warmUpRounds(scenario);
		for (int round = -warmUpRounds; round < this.options.rounds(scenario); round++) {
			for (Contender contender : order) {
				Sample sample = ownJvm ? sampleInOwnJvm(scenario, contender) : contender.work().sample();
				if (round >= 0) {
					results.add(contender.name(), sample);
				}
			}
			Collections.rotate(order, 1);
		}
		return results;
	}

	private Sample sampleInOwnJvm(Scenario scenario, Contender contender) throws Exception {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(scenario.ownJvm());
		command.addAll(List.of("-cp", System.getProperty("java.class.path"), Comparison.class.getName(), SAMPLE,
				scenario.name(), contender.name(), Boolean.toString(this.options.quick())));
		Process jvm = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
		String output = new String(jvm.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		if (jvm.waitFor() != 0) {
			throw new IllegalStateException(
					scenario.name() + " by " + contender.name() + " failed with " + jvm.exitValue() + ": " + output);
		}
		return Sample.parse(output);
	}

	private static void sample(String scenarioName, String contenderName, boolean quick) throws Exception {
		Scenario scenario = Scenario.all()
			.stream()
			.filter((candidate) -> candidate.name().equals(scenarioName))
			.findFirst()
			.orElseThrow();
		try (Setting setting = new Setting(quick)) {
			Contender contender = scenario.contenders(setting)
				.stream()
				.filter((candidate) -> candidate.name().equals(contenderName))
				.findFirst()
				.orElseThrow();
			System.out.println(contender.work().sample());
		}
	}

}
