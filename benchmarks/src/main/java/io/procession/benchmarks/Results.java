package io.procession.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

import io.procession.benchmarks.scenario.Measure;
import io.procession.benchmarks.scenario.Sample;
import io.procession.benchmarks.scenario.Scenario;

/**
 * The samples of one row, by contender and round. <i>Not thread-safe.</i>
 */
final class Results {

	private final Scenario scenario;

	private final Map<String, List<Sample>> samples = new LinkedHashMap<>();

	Results(Scenario scenario, List<String> contenders) {
		this.scenario = scenario;
		contenders.forEach((contender) -> this.samples.put(contender, new ArrayList<>()));
	}

	Scenario scenario() {
		return this.scenario;
	}

	void add(String contender, Sample sample) {
		this.samples.computeIfAbsent(contender, (name) -> new ArrayList<>()).add(sample);
	}

	List<String> contenders() {
		return List.copyOf(this.samples.keySet());
	}

	String baseline() {
		return contenders().get(0);
	}

	List<Measure> measures() {
		return List.copyOf(samples(baseline()).get(0).measures());
	}

	private List<Sample> samples(String contender) {
		return this.samples.getOrDefault(contender, List.of());
	}

	private double[] values(String contender, Measure measure) {
		return samples(contender).stream().mapToDouble((sample) -> sample.value(measure)).toArray();
	}

	/**
	 * The value that stands for all rounds.
	 */
	double value(String contender, Measure measure) {
		double[] values = values(contender, measure);
		return this.scenario.bestOfRounds() ? Arrays.stream(values).min().orElse(Double.NaN) : median(values);
	}

	/**
	 * The ratio to the baseline that stands for all rounds.
	 */
	double ratio(String contender, Measure measure) {
		return this.scenario.bestOfRounds() ? value(contender, measure) / value(baseline(), measure)
				: median(ratios(contender, measure));
	}

	/**
	 * The ratios of all rounds, each to the baseline of the same round, from the smallest
	 * to the largest.
	 */
	double[] ratios(String contender, Measure measure) {
		double[] mine = values(contender, measure);
		double[] baseline = values(baseline(), measure);
		return IntStream.range(0, mine.length).mapToDouble((round) -> mine[round] / baseline[round]).sorted().toArray();
	}

	private static double median(double[] values) {
		double[] sorted = DoubleStream.of(values).sorted().toArray();
		int middle = sorted.length / 2;
		return (sorted.length % 2 == 1) ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
	}

}
