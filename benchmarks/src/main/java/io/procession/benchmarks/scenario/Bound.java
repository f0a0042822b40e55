package io.procession.benchmarks.scenario;

/**
 * Target of a contender.
 *
 * @param contender whom it concerns
 * @param measure what
 * @param most the largest value that holds
 * @param ratio whether it bounds the ratio to the first contender rather than the value
 */
public record Bound(String contender, Measure measure, double most, boolean ratio) {

	static Bound ratio(Measure measure, double most) {
		return new Bound(Contender.PROCESSION, measure, most, true);
	}

	static Bound value(Measure measure, double most) {
		return new Bound(Contender.PROCESSION, measure, most, false);
	}

}
