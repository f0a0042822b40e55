package io.procession.benchmarks.scenario;

import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.apache.commons.exec.CommandLine;
import org.apache.commons.exec.DefaultExecutor;
import org.apache.commons.exec.PumpStreamHandler;
import org.zeroturnaround.exec.ProcessExecutor;
import org.zeroturnaround.exec.stream.LogOutputStream;

/**
 * Many short lines, looked at one by one and not kept: written by {@code seq}, which on a
 * fast machine is what everybody waits for, or copied from a file by {@code cat}.
 */
final class LinesScenario implements Scenario {

	private static final String NO_LINES = "ProcessBuilder, bytes only";

	private final boolean fromFile;

	LinesScenario(boolean fromFile) {
		this.fromFile = fromFile;
	}

	@Override
	public String name() {
		return this.fromFile ? "lines-cat" : "lines";
	}

	@Override
	public String title() {
		return (this.fromFile ? "`cat` of the output of `seq 1 5000000`" : "`seq 1 5000000`")
				+ " through `onLine`, against `BufferedReader.readLine`";
	}

	@Override
	public List<Contender> contenders(Setting setting) throws Exception {
		int lines = setting.amount(5_000_000, 500_000);
		List<String> seq = List.of("seq", "1", Integer.toString(lines));
		List<String> command = this.fromFile ? List.of("cat", file(seq).toString()) : seq;
		return List.of(new Contender(Contender.RAW, () -> measure(lines, raw(command))),
				new Contender(Contender.PROCESSION, () -> measure(lines, procession(setting, command))),
				new Contender("zt-exec", () -> measure(lines, ztExec(command))),
				new Contender("commons-exec", () -> measure(lines, commonsExec(command))),
				new Contender(NO_LINES, () -> readOnly(lines, command)));
	}

	// how fast the bytes come to one who does nothing with them
	private static Sample readOnly(int lines, List<String> command) throws Exception {
		long start = System.nanoTime();
		long bytes = 0;
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		try (InputStream output = process.getInputStream()) {
			byte[] buffer = new byte[64 * 1024];
			for (int count = output.read(buffer); count >= 0; count = output.read(buffer)) {
				bytes += count;
			}
		}
		process.waitFor();
		Sample sample = Sample.timeSince(start);
		if (bytes < 2L * lines) {
			throw new IllegalStateException("Wrong number of bytes: " + bytes);
		}
		return sample;
	}

	private static Path file(List<String> command) throws Exception {
		Path file = Files.createTempFile("procession-lines", ".txt");
		file.toFile().deleteOnExit();
		if (new ProcessBuilder(command).redirectOutput(file.toFile()).start().waitFor() != 0) {
			throw new IllegalStateException(command + " failed");
		}
		return file;
	}

	private static Sample measure(int lines, Reading reading) throws Exception {
		long start = System.nanoTime();
		LineCounter counter = reading.read();
		Sample sample = Sample.timeSince(start);
		counter.check(lines);
		return sample;
	}

	private static Reading procession(Setting setting, List<String> command) {
		return () -> {
			LineCounter counter = new LineCounter();
			setting.processes()
				.command(command)
				.quietly()
				.onLine((type, line) -> counter.add(line))
				.run()
				.throwIfFailed();
			return counter;
		};
	}

	private static Reading raw(List<String> command) {
		return () -> {
			LineCounter counter = new LineCounter();
			Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
			try (BufferedReader output = new BufferedReader(
					new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
				String line = output.readLine();
				while (line != null) {
					counter.add(line);
					line = output.readLine();
				}
			}
			process.waitFor();
			return counter;
		};
	}

	private static Reading ztExec(List<String> command) {
		return () -> {
			LineCounter counter = new LineCounter();
			new ProcessExecutor(command).redirectOutput(new LogOutputStream() {

				@Override
				protected void processLine(String line) {
					counter.add(line);
				}

			}).execute();
			return counter;
		};
	}

	private static Reading commonsExec(List<String> command) {
		return () -> {
			LineCounter counter = new LineCounter();
			DefaultExecutor.builder()
				.setExecuteStreamHandler(new PumpStreamHandler(new org.apache.commons.exec.LogOutputStream() {

					@Override
					protected void processLine(String line, int level) {
						counter.add(line);
					}

				}))
				.get()
				.execute(CommandLine.parse(String.join(" ", command)));
			return counter;
		};
	}

	@Override
	public List<Bound> bounds() {
		// 1.5 of its lines in the same time
		return List.of(Bound.ratio(Measure.TIME, 1 / 1.5));
	}

	/**
	 * A way to read all lines.
	 */
	@FunctionalInterface
	private interface Reading {

		LineCounter read() throws Exception;

	}

	/**
	 * Looks at each line a little, so that none can be left out.
	 */
	private static final class LineCounter {

		private int lines;

		private long characters;

		void add(String line) {
			this.lines++;
			this.characters += line.length();
		}

		void check(int expected) {
			if (this.lines != expected || this.characters < expected) {
				throw new IllegalStateException("Wrong lines: " + this.lines + " instead of " + expected);
			}
		}

	}

}
