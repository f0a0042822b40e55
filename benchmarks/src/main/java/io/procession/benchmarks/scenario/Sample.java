package io.procession.benchmarks.scenario;

import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Measurements of one contender in one round. <i>Immutable.</i>
 */
public final class Sample {

	private final Map<Measure, Double> values;

	private Sample(Map<Measure, Double> values) {
		this.values = new EnumMap<>(values);
	}

	/**
	 * A sample of one value.
	 * @param measure what was measured
	 * @param value the value
	 * @return the sample
	 */
	static Sample of(Measure measure, double value) {
		return new Sample(Map.of(measure, value));
	}

	/**
	 * A sample of a time.
	 * @param start when it began, as {@link System#nanoTime()}
	 * @return the time until now
	 */
	static Sample timeSince(long start) {
		return of(Measure.TIME, millisSince(start));
	}

	static double millisSince(long start) {
		return (System.nanoTime() - start) / 1e6;
	}

	/**
	 * This sample with one more value.
	 * @param measure what was measured
	 * @param value the value
	 * @return a new sample
	 */
	Sample and(Measure measure, double value) {
		Map<Measure, Double> all = new EnumMap<>(this.values);
		all.put(measure, value);
		return new Sample(all);
	}

	/**
	 * Return the measurements.
	 * @return the measures
	 */
	public Set<Measure> measures() {
		return this.values.keySet();
	}

	/**
	 * A value.
	 * @param measure what was measured
	 * @return the value, not a number if it was not measured
	 */
	public double value(Measure measure) {
		return this.values.getOrDefault(measure, Double.NaN);
	}

	/**
	 * A sample from its text.
	 * @param text what {@link #toString()} of another JVM wrote
	 * @return the sample
	 * @throws IllegalArgumentException if it is something else
	 */
	public static Sample parse(String text) {
		Map<Measure, Double> values = new EnumMap<>(Measure.class);
		for (String value : text.trim().split(" ")) {
			String[] parts = value.split("=", 2);
			values.put(Measure.valueOf(parts[0]), Double.valueOf(parts[1]));
		}
		return new Sample(values);
	}

	@Override
	public String toString() {
		return this.values.entrySet()
			.stream()
			.map((value) -> value.getKey().name() + "=" + value.getValue())
			.collect(Collectors.joining(" "));
	}

}
