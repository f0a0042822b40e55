package io.procession.benchmarks.scenario;

import java.io.InputStream;
import java.util.List;
import java.util.function.ToLongFunction;

import io.procession.process.ProcessResult;

/**
 * Much output, kept whole.
 */
final class CaptureScenario implements Scenario {

	private static final String NOT_JOINED = "procession, bytes not asked for";

	private static final long DATA = 256 * Bytes.MEBIBYTE;

	@Override
	public String name() {
		return "capture";
	}

	@Override
	public String title() {
		return "256 MiB captured, against `readAllBytes` (a fresh JVM for each sample)";
	}

	@Override
	public List<String> ownJvm() {
		return List.of("-Xms256m", "-Xmx4g");
	}

	@Override
	public List<Contender> contenders(Setting setting) {
		long bytes = setting.amount((int) DATA, (int) DATA / 4);
		ToLongFunction<byte[]> length = (captured) -> captured.length;
		ToLongFunction<ProcessResult> resultLength = (result) -> result.outputBytes().length;
		return List.of(new Contender(Contender.RAW, () -> measure(bytes, CaptureScenario::raw, length)),
				new Contender(Contender.PROCESSION,
						() -> measure(bytes, (command) -> procession(setting, command).outputBytes(), length)),
				new Contender(NOT_JOINED,
						() -> measure(bytes, (command) -> procession(setting, command), resultLength)));
	}

	private static <T> Sample measure(long bytes, Capture<T> capture, ToLongFunction<T> length) throws Exception {
		for (int i = 0; i < 10; i++) {
			capture.run(Bytes.command(4 * Bytes.MEBIBYTE));
		}
		long start = System.nanoTime();
		T captured = capture.run(Bytes.command(bytes));
		Sample sample = Sample.timeSince(start)
			.and(Measure.PEAK_RESIDENT, Memory.peakResident() / 1024)
			.and(Measure.HEAP_HELD, Memory.heapHeld() / 1024);
		Bytes.check(bytes, length.applyAsLong(captured));
		return sample;
	}

	private static ProcessResult procession(Setting setting, List<String> command) {
		return setting.processes().command(command).run().throwIfFailed();
	}

	private static byte[] raw(List<String> command) throws Exception {
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		byte[] output;
		try (InputStream stream = process.getInputStream()) {
			output = stream.readAllBytes();
		}
		process.waitFor();
		return output;
	}

	@Override
	public List<Bound> bounds() {
		return List.of(Bound.ratio(Measure.TIME, 1.0), Bound.ratio(Measure.PEAK_RESIDENT, 1.0),
				new Bound(NOT_JOINED, Measure.TIME, 1.0, true),
				new Bound(NOT_JOINED, Measure.PEAK_RESIDENT, 1.5 * DATA / Bytes.MEBIBYTE, false));
	}

	/**
	 * A way to run a command and keep its output.
	 */
	@FunctionalInterface
	private interface Capture<T> {

		T run(List<String> command) throws Exception;

	}

}
