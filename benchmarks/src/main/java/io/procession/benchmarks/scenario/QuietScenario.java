package io.procession.benchmarks.scenario;

import java.lang.ProcessBuilder.Redirect;
import java.util.List;

/**
 * Much output that nobody wants.
 */
final class QuietScenario implements Scenario {

	@Override
	public String name() {
		return "quiet";
	}

	@Override
	public String title() {
		return "1 GiB of output, `quietly()` and no listener, against `Redirect.DISCARD`";
	}

	@Override
	public List<Contender> contenders(Setting setting) {
		List<String> command = Bytes.command(setting.amount(1024, 128) * Bytes.MEBIBYTE);
		return List.of(new Contender(Contender.RAW, () -> raw(command)), new Contender(Contender.PROCESSION, () -> {
			long start = System.nanoTime();
			setting.processes().command(command).quietly().run().throwIfFailed();
			return Sample.timeSince(start);
		}));
	}

	private static Sample raw(List<String> command) throws Exception {
		long start = System.nanoTime();
		new ProcessBuilder(command).redirectOutput(Redirect.DISCARD).redirectError(Redirect.DISCARD).start().waitFor();
		return Sample.timeSince(start);
	}

	@Override
	public List<Bound> bounds() {
		return List.of(Bound.ratio(Measure.TIME, 1.1));
	}

}
