package io.procession.benchmarks.scenario;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.apache.commons.exec.CommandLine;
import org.apache.commons.exec.DefaultExecutor;
import org.apache.commons.exec.ExecuteException;
import org.apache.commons.exec.ExecuteWatchdog;
import org.apache.commons.exec.PumpStreamHandler;
import org.zeroturnaround.exec.ProcessExecutor;

import io.procession.process.ProcessTimedOutException;

/**
 * A timeout on a shell whose background job keeps its output open: how long until the
 * call returns, and who is still there.
 */
final class TimeoutTrapScenario implements Scenario {

	private static final Duration TIMEOUT = Duration.ofSeconds(1);

	@Override
	public String name() {
		return "timeout-trap";
	}

	@Override
	public String title() {
		return "`sh -c 'sleep 30 & sleep 20'` with a timeout of 1 s; `ProcessBuilder` kills `descendants()` explicitly";
	}

	@Override
	public List<Contender> contenders(Setting setting) {
		return List.of(new Contender(Contender.RAW, () -> measure(TimeoutTrapScenario::raw)),
				new Contender(Contender.PROCESSION, () -> measure((command) -> procession(setting, command))),
				new Contender("ProcessBuilder, destroyForcibly", () -> measure(TimeoutTrapScenario::destroyForcibly)),
				new Contender("zt-exec", () -> measure(TimeoutTrapScenario::ztExec)),
				new Contender("commons-exec", () -> measure(TimeoutTrapScenario::commonsExec)));
	}

	@Override
	public int rounds() {
		// commons-exec waits for the end of the output, which is half a minute
		return 5;
	}

	private static Sample measure(Trap trap) throws Exception {
		// a fraction of a second, by which these sleeps are told from any others
		String tag = "." + ThreadLocalRandom.current().nextInt(1_000_000, 10_000_000);
		long start = System.nanoTime();
		trap.spring(List.of("sh", "-c", "sleep 30" + tag + " & sleep 20" + tag));
		Sample sample = Sample.timeSince(start);
		TimeUnit.MILLISECONDS.sleep(200);
		List<ProcessHandle> survivors = ProcessHandle.allProcesses()
			.filter((process) -> process.info().commandLine().orElse("").contains(tag))
			.toList();
		survivors.forEach(ProcessHandle::destroyForcibly);
		return sample.and(Measure.SURVIVORS, survivors.size());
	}

	private static void procession(Setting setting, List<String> command) {
		try {
			setting.processes().command(command).timeout(TIMEOUT).run();
		}
		catch (ProcessTimedOutException ex) {
			return;
		}
		throw new IllegalStateException("There was no timeout");
	}

	private static void raw(List<String> command) throws Exception {
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		Thread reader = readOutput(process);
		waitForTimeout(process);
		List<ProcessHandle> descendants = process.descendants().toList();
		process.destroyForcibly();
		descendants.forEach(ProcessHandle::destroyForcibly);
		reader.join();
		process.waitFor();
	}

	private static void destroyForcibly(List<String> command) throws Exception {
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		readOutput(process);
		waitForTimeout(process);
		process.destroyForcibly().waitFor();
	}

	private static Thread readOutput(Process process) {
		Thread reader = new Thread(() -> {
			try {
				process.getInputStream().readAllBytes();
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		});
		reader.setDaemon(true);
		reader.start();
		return reader;
	}

	private static void waitForTimeout(Process process) throws InterruptedException {
		if (process.waitFor(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
			throw new IllegalStateException("There was no timeout");
		}
	}

	private static void ztExec(List<String> command) throws Exception {
		try {
			new ProcessExecutor(command).readOutput(true)
				.timeout(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
				.destroyOnExit()
				.execute();
		}
		catch (TimeoutException ex) {
			return;
		}
		throw new IllegalStateException("There was no timeout");
	}

	private static void commonsExec(List<String> command) throws Exception {
		CommandLine line = new CommandLine(command.get(0));
		command.subList(1, command.size()).forEach((argument) -> line.addArgument(argument, false));
		ExecuteWatchdog watchdog = ExecuteWatchdog.builder().setTimeout(TIMEOUT).get();
		DefaultExecutor executor = DefaultExecutor.builder()
			.setExecuteStreamHandler(new PumpStreamHandler(new ByteArrayOutputStream()))
			.get();
		executor.setWatchdog(watchdog);
		try {
			executor.execute(line);
		}
		catch (ExecuteException ex) {
			if (watchdog.killedProcess()) {
				return;
			}
		}
		throw new IllegalStateException("There was no timeout");
	}

	@Override
	public List<Bound> bounds() {
		return List.of(Bound.value(Measure.TIME, 1_100), Bound.value(Measure.SURVIVORS, 0));
	}

	/**
	 * A way to run a command with a timeout.
	 */
	@FunctionalInterface
	private interface Trap {

		void spring(List<String> command) throws Exception;

	}

}
