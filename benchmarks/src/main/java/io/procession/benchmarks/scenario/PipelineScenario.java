package io.procession.benchmarks.scenario;

import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.util.List;

import org.zeroturnaround.exec.ProcessExecutor;
import org.zeroturnaround.exec.StartedProcess;

/**
 * Much data through three programs. Measured against the shell, whose contender stands
 * where the JDK stands in the other rows.
 */
final class PipelineScenario implements Scenario {

	private static final int PIPE = 64 * 1024;

	@Override
	public String name() {
		return "pipeline";
	}

	@Override
	public String title() {
		return "1 GiB through `head | tr | wc`, against `sh -c`";
	}

	@Override
	public int rounds() {
		return 7;
	}

	@Override
	public List<Contender> contenders(Setting setting) {
		String bytes = Long.toString(setting.amount(1024, 128) * Bytes.MEBIBYTE);
		List<List<String>> stages = List.of(List.of("head", "-c", bytes, "/dev/zero"), List.of("tr", "\\0", "x"),
				List.of("wc", "-c"));
		return List.of(new Contender("sh -c", () -> check(bytes, () -> shell(setting, bytes))),
				new Contender(Contender.PROCESSION, () -> check(bytes, () -> procession(setting, stages))),
				new Contender("startPipeline", () -> check(bytes, () -> raw(stages))),
				new Contender("zt-exec, piped streams", () -> check(bytes, () -> ztExec(stages))));
	}

	private static Sample check(String bytes, Run run) throws Exception {
		long start = System.nanoTime();
		String counted = run.run().strip();
		if (!counted.equals(bytes)) {
			throw new IllegalStateException("Counted " + counted + " of " + bytes + " bytes");
		}
		return Sample.timeSince(start);
	}

	private static String shell(Setting setting, String bytes) {
		return setting.processes()
			.shell("head -c \"$1\" /dev/zero | tr '\\0' x | wc -c", bytes)
			.run()
			.throwIfFailed()
			.output();
	}

	private static String procession(Setting setting, List<List<String>> stages) {
		return setting.processes()
			.pipeline()
			.pipe(setting.processes().command(stages.get(0)))
			.pipe(setting.processes().command(stages.get(1)))
			.pipe(setting.processes().command(stages.get(2)))
			.run()
			.throwIfFailed()
			.output();
	}

	private static String raw(List<List<String>> stages) throws Exception {
		List<Process> processes = ProcessBuilder.startPipeline(stages.stream().map(ProcessBuilder::new).toList());
		try (InputStream output = processes.get(2).getInputStream()) {
			return new String(output.readAllBytes());
		}
	}

	private static String ztExec(List<List<String>> stages) throws Exception {
		PipedInputStream second = new PipedInputStream(PIPE);
		PipedInputStream third = new PipedInputStream(PIPE);
		PipedOutputStream firstOut = new PipedOutputStream(second);
		PipedOutputStream secondOut = new PipedOutputStream(third);
		StartedProcess first = new ProcessExecutor(stages.get(0)).redirectOutput(firstOut).start();
		StartedProcess middle = new ProcessExecutor(stages.get(1)).redirectInput(second)
			.redirectOutput(secondOut)
			.start();
		StartedProcess last = new ProcessExecutor(stages.get(2)).redirectInput(third).readOutput(true).start();
		first.getFuture().get();
		firstOut.close();
		middle.getFuture().get();
		secondOut.close();
		return last.getFuture().get().outputUTF8();
	}

	@Override
	public List<Bound> bounds() {
		return List.of(Bound.ratio(Measure.TIME, 1.05));
	}

	/**
	 * A way to count bytes.
	 */
	@FunctionalInterface
	private interface Run {

		String run() throws Exception;

	}

}
