package io.procession.benchmarks.scenario;

import java.util.Arrays;
import java.util.List;

import io.procession.benchmarks.runner.Runner;

/**
 * A short command, one run after the other.
 */
final class RunScenario implements Scenario {

	private final String name;

	private final List<String> command;

	private final String expectedOutput;

	RunScenario(String name, List<String> command, String expectedOutput) {
		this.name = name;
		this.command = command;
		this.expectedOutput = expectedOutput;
	}

	@Override
	public String name() {
		return this.name;
	}

	@Override
	public String title() {
		return "`run()` of `" + String.join(" ", this.command)
				+ "`, both streams captured (median of the runs of a round)";
	}

	@Override
	public int rounds() {
		return 100;
	}

	@Override
	public List<Contender> contenders(Setting setting) {
		int runs = setting.amount(30, 60);
		return Runner.names()
			.stream()
			.map((runner) -> new Contender(runner, () -> measure(Runner.of(runner, setting.processes()), runs)))
			.toList();
	}

	private Sample measure(Runner runner, int runs) throws Exception {
		double[] times = new double[runs];
		for (int i = 0; i < runs; i++) {
			long start = System.nanoTime();
			String output = runner.run(this.command);
			times[i] = Sample.millisSince(start);
			if (!output.equals(this.expectedOutput)) {
				throw new IllegalStateException("Wrong output: " + output);
			}
		}
		Arrays.sort(times);
		return Sample.of(Measure.TIME, times[runs / 2]);
	}

	@Override
	public List<Bound> bounds() {
		return List.of(Bound.ratio(Measure.TIME, 1.0));
	}

}
