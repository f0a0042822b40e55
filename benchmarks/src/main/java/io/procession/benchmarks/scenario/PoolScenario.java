package io.procession.benchmarks.scenario;

import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import io.procession.benchmarks.runner.Runner;
import io.procession.pool.ProcessPool;

/**
 * A pool of short commands, against the JDK on a fixed pool of threads.
 */
final class PoolScenario implements Scenario {

	private static final int CONCURRENCY = 64;

	private static final int RUNS = 3 * CONCURRENCY;

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
		return List.of(new Contender(Contender.RAW, () -> raw(Runner.of(Contender.RAW, setting.processes()))),
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

	private static Sample raw(Runner runner) throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(CONCURRENCY);
		try {
			Callable<String> run = () -> runner.run(List.of("/bin/true"));
			long start = System.nanoTime();
			for (Future<String> done : threads.invokeAll(Collections.nCopies(RUNS, run))) {
				done.get();
			}
			return Sample.of(Measure.TIME, Sample.millisSince(start) / RUNS);
		}
		finally {
			threads.shutdown();
		}
	}

	@Override
	public List<Bound> bounds() {
		return List.of(Bound.ratio(Measure.TIME, 1.0));
	}

}
