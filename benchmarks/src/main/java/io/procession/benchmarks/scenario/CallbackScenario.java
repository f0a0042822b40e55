package io.procession.benchmarks.scenario;

import java.io.InputStream;
import java.util.List;

import org.apache.commons.exec.CommandLine;
import org.apache.commons.exec.DefaultExecutor;
import org.apache.commons.exec.PumpStreamHandler;
import org.zeroturnaround.exec.ProcessExecutor;

/**
 * Much output, looked at as it comes and not kept.
 */
final class CallbackScenario implements Scenario {

	@Override
	public String name() {
		return "callback";
	}

	@Override
	public String title() {
		return "1 GiB of output through a callback";
	}

	@Override
	public List<Contender> contenders(Setting setting) {
		long bytes = setting.amount(1024, 128) * Bytes.MEBIBYTE;
		return List.of(new Contender(Contender.RAW, () -> raw(bytes, 8 * 1024)),
				new Contender(Contender.PROCESSION, () -> procession(setting, bytes)),
				new Contender("ProcessBuilder, 64 KiB", () -> raw(bytes, 64 * 1024)),
				new Contender("zt-exec", () -> ztExec(bytes)), new Contender("commons-exec", () -> commonsExec(bytes)));
	}

	private static Sample procession(Setting setting, long bytes) {
		long[] count = new long[1];
		long start = System.nanoTime();
		setting.processes()
			.command(Bytes.command(bytes))
			.quietly()
			.onOutput((type, chunk) -> count[0] += chunk.remaining())
			.run()
			.throwIfFailed();
		Sample sample = Sample.timeSince(start);
		Bytes.check(bytes, count[0]);
		return sample;
	}

	private static Sample raw(long bytes, int bufferSize) throws Exception {
		long start = System.nanoTime();
		Process process = new ProcessBuilder(Bytes.command(bytes)).redirectErrorStream(true).start();
		long count;
		try (InputStream output = process.getInputStream()) {
			count = Bytes.drain(output, bufferSize);
		}
		process.waitFor();
		Sample sample = Sample.timeSince(start);
		Bytes.check(bytes, count);
		return sample;
	}

	private static Sample ztExec(long bytes) throws Exception {
		Bytes.Counter counter = new Bytes.Counter();
		long start = System.nanoTime();
		new ProcessExecutor(Bytes.command(bytes)).redirectOutput(counter).execute();
		Sample sample = Sample.timeSince(start);
		Bytes.check(bytes, counter.count());
		return sample;
	}

	private static Sample commonsExec(long bytes) throws Exception {
		Bytes.Counter counter = new Bytes.Counter();
		long start = System.nanoTime();
		DefaultExecutor.builder()
			.setExecuteStreamHandler(new PumpStreamHandler(counter))
			.get()
			.execute(CommandLine.parse(String.join(" ", Bytes.command(bytes))));
		Sample sample = Sample.timeSince(start);
		Bytes.check(bytes, counter.count());
		return sample;
	}

	@Override
	public List<Bound> bounds() {
		return List.of(Bound.ratio(Measure.TIME, 1.05));
	}

}
