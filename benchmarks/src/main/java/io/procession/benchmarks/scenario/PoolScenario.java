package io.procession.benchmarks.scenario;

import java.util.List;

import io.procession.benchmarks.runner.Runner;
import io.procession.pool.ProcessPool;

/**
 * A pool of short commands, against the JDK on a fixed pool of threads.
 */
final class PoolScenario implements Scenario {

	private static final int CONCURRENCY = ConcurrentRunScenario.CONCURRENCY;

	private static final int RUNS = ConcurrentRunScenario.RUNS;

	@Override
	public String name() {
		return "pool-64";
	}

	@Override
	public String title() {
		return "A pool of " + RUNS + " times `/bin/true`, " + CONCURRENCY + " at once (time for each)";
	}

	@Override
	public int rounds() {
		return 20;
	}

	@Override
	public List<Contender> contenders(Setting setting) {
		return List.of(
				new Contender(Contender.RAW,
						() -> ConcurrentRunScenario.measure(Runner.of(Contender.RAW, setting.processes()))),
				new Contender(Contender.PROCESSION, () -> procession(setting)));
	}

	private static Sample procession(Setting setting) {
		ProcessPool pool = setting.processes().pool().concurrency(CONCURRENCY);
		for (int i = 0; i < RUNS; i++) {
			pool.add(setting.processes().command("/bin/true"));
		}
		long start = System.nanoTime();
		pool.run().throwIfAnyFailed();
		return Sample.of(Measure.TIME, Sample.millisSince(start) / RUNS);
	}

	@Override
	public List<Bound> bounds() {
		return List.of(Bound.ratio(Measure.TIME, 1.0));
	}

}
