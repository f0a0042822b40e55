package io.procession.benchmarks.scenario;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;

import org.apache.commons.exec.CommandLine;
import org.apache.commons.exec.DefaultExecutor;
import org.apache.commons.exec.PumpStreamHandler;
import org.zeroturnaround.exec.ProcessExecutor;

/**
 * Much input, and the same as output. On few cores it has two speeds, as writer, child
 * and reader get in step or not: the best of many runs counts.
 */
final class CatScenario implements Scenario {

	private static final int RUNS = 3;

	@Override
	public String name() {
		return "cat";
	}

	@Override
	public String title() {
		return "256 MiB through `cat`, from a stream to a callback (best of all runs)";
	}

	@Override
	public boolean bestOfRounds() {
		return true;
	}

	@Override
	public List<Contender> contenders(Setting setting) {
		long bytes = setting.amount(256, 32) * Bytes.MEBIBYTE;
		return List.of(new Contender(Contender.RAW, () -> best(bytes, CatScenario::raw)),
				new Contender(Contender.PROCESSION, () -> best(bytes, (source) -> procession(setting, source))),
				new Contender("zt-exec", () -> best(bytes, CatScenario::ztExec)),
				new Contender("commons-exec", () -> best(bytes, CatScenario::commonsExec)));
	}

	private static Sample best(long bytes, Cat cat) throws Exception {
		double best = Double.MAX_VALUE;
		for (int i = 0; i < RUNS; i++) {
			long start = System.nanoTime();
			long count = cat.run(new Bytes.Source(bytes));
			best = Math.min(best, Sample.millisSince(start));
			Bytes.check(bytes, count);
		}
		return Sample.of(Measure.TIME, best);
	}

	private static long procession(Setting setting, InputStream source) {
		long[] count = new long[1];
		setting.processes()
			.command("cat")
			.input(source)
			.quietly()
			.onOutput((type, chunk) -> count[0] += chunk.remaining())
			.run()
			.throwIfFailed();
		return count[0];
	}

	private static long raw(InputStream source) throws Exception {
		Process process = new ProcessBuilder("cat").redirectErrorStream(true).start();
		Thread writer = new Thread(() -> {
			try (OutputStream input = process.getOutputStream()) {
				// in chunks of 8 KiB
				source.transferTo(input);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		});
		writer.start();
		long count;
		try (InputStream output = process.getInputStream()) {
			count = Bytes.drain(output, 8 * 1024);
		}
		writer.join();
		process.waitFor();
		return count;
	}

	private static long ztExec(InputStream source) throws Exception {
		Bytes.Counter counter = new Bytes.Counter();
		new ProcessExecutor("cat").redirectInput(source).redirectOutput(counter).execute();
		return counter.count();
	}

	private static long commonsExec(InputStream source) throws Exception {
		Bytes.Counter counter = new Bytes.Counter();
		DefaultExecutor.builder()
			.setExecuteStreamHandler(new PumpStreamHandler(counter, counter, source))
			.get()
			.execute(new CommandLine("cat"));
		return counter.count();
	}

	@Override
	public List<Bound> bounds() {
		return List.of(Bound.ratio(Measure.TIME, 1.0));
	}

	/**
	 * A way to send bytes through {@code cat}.
	 */
	@FunctionalInterface
	private interface Cat {

		long run(InputStream source) throws Exception;

	}

}
