package io.procession.benchmarks.scenario;

import java.util.List;

/**
 * One row: the same work done by several contenders.
 */
public interface Scenario {

	/**
	 * A word to pick it by.
	 * @return the name
	 */
	String name();

	/**
	 * Return the description of the work.
	 * @return one line
	 */
	String title();

	/**
	 * Return the contenders, with the baseline first.
	 * @param setting what they may use
	 * @return the contenders
	 * @throws Exception if the row cannot be prepared
	 */
	List<Contender> contenders(Setting setting) throws Exception;

	/**
	 * Return the targets.
	 * @return the bounds
	 */
	List<Bound> bounds();

	/**
	 * Options of the fresh JVM that each sample gets.
	 * @return the options; empty if the samples share one JVM
	 */
	default List<String> ownJvm() {
		return List.of();
	}

	/**
	 * Return the number of rounds, unless configured otherwise.
	 * @return rounds that count
	 */
	default int rounds() {
		return ownJvm().isEmpty() ? 15 : 5;
	}

	/**
	 * Whether the best rounds are compared instead of the median of the rounds' ratios:
	 * for work that has two speeds.
	 * @return whether the best counts
	 */
	default boolean bestOfRounds() {
		return false;
	}

	/**
	 * All rows.
	 * @return in the order they are run
	 */
	static List<Scenario> all() {
		return List.of(new RunScenario("run-true", List.of("/bin/true"), ""),
				new RunScenario("run-echo", List.of("/bin/echo", "hello"), "hello\n"), new ConcurrentRunScenario(),
				new CallbackScenario(), new QuietScenario(), new CaptureScenario(), new LinesScenario(false),
				new LinesScenario(true), new CatScenario(), new PipelineScenario(), new PoolScenario(),
				new IsolationScenario(), new HoldScenario(false), new HoldScenario(true), new TimeoutTrapScenario(),
				new JvmDeathScenario());
	}

}
