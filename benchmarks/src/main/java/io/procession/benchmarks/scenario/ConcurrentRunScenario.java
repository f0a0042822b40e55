package io.procession.benchmarks.scenario;

import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import io.procession.benchmarks.runner.Runner;

/**
 * A short command, many runs at once.
 */
final class ConcurrentRunScenario implements Scenario {

	static final int CONCURRENCY = 64;

	static final int RUNS = 3 * CONCURRENCY;

	@Override
	public String name() {
		return "run-64";
	}

	@Override
	public String title() {
		return "`run()` of `/bin/true`, " + CONCURRENCY + " at once (time for each run)";
	}

	@Override
	public int rounds() {
		return 40;
	}

	@Override
	public List<Contender> contenders(Setting setting) {
		return Runner.names()
			.stream()
			.map((runner) -> new Contender(runner, () -> measure(Runner.of(runner, setting.processes()))))
			.toList();
	}

	static Sample measure(Runner runner) throws Exception {
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
		// 1.1 of its runs in the same time
		return List.of(Bound.ratio(Measure.TIME, 1 / 1.1));
	}

}
