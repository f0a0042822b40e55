package io.procession.benchmarks.scenario;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

import io.procession.ProcessManager;

/**
 * A JVM that is killed while it has many children, some of which ignore TERM or have left
 * for a session of their own: how long until they are gone, and who stays.
 */
final class JvmDeathScenario implements Scenario {

	/** After that whoever is still there counts as a survivor. */
	private static final long PATIENCE = TimeUnit.SECONDS.toNanos(4);

	@Override
	public String name() {
		return "jvm-death";
	}

	@Override
	public String title() {
		return "kill -9 of a JVM with 200 children, of which a third ignore TERM and a third have a daemon:"
				+ " time until all are gone, at most 4 s";
	}

	@Override
	public List<Contender> contenders(Setting setting) {
		int children = setting.amount(200, 20);
		return List.of(new Contender(Contender.RAW, () -> measure(Contender.RAW, children)),
				new Contender(Contender.PROCESSION, () -> measure(Contender.PROCESSION, children)));
	}

	@Override
	public int rounds() {
		return 5;
	}

	private static Sample measure(String contender, int children) throws Exception {
		// a fraction of a second, by which these sleeps are told from any others
		String tag = "." + ThreadLocalRandom.current().nextInt(1_000_000, 10_000_000);
		Process victim = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
				System.getProperty("java.class.path"), Victim.class.getName(), contender, Integer.toString(children),
				tag)
			.redirectError(Redirect.INHERIT)
			.start();
		try (BufferedReader output = new BufferedReader(
				new InputStreamReader(victim.getInputStream(), StandardCharsets.UTF_8))) {
			if (!"ready".equals(output.readLine())) {
				throw new IllegalStateException("The JVM to be killed did not start");
			}
		}
		int before = tagged(tag).size();
		if (before < children) {
			throw new IllegalStateException("Only " + before + " processes are there");
		}
		long start = System.nanoTime();
		victim.destroyForcibly().waitFor();
		List<ProcessHandle> there = tagged(tag);
		while (!there.isEmpty() && System.nanoTime() - start < PATIENCE) {
			TimeUnit.MILLISECONDS.sleep(20);
			there = tagged(tag);
		}
		Sample sample = Sample.timeSince(start).and(Measure.SURVIVORS, there.size());
		there.forEach(ProcessHandle::destroyForcibly);
		return sample;
	}

	private static List<ProcessHandle> tagged(String tag) {
		return ProcessHandle.allProcesses()
			.filter((process) -> process.info().commandLine().orElse("").contains(tag))
			.toList();
	}

	@Override
	public List<Bound> bounds() {
		return List.of(Bound.value(Measure.TIME, 3_000), Bound.value(Measure.SURVIVORS, 0));
	}

	/**
	 * The JVM that is killed.
	 */
	static final class Victim {

		private Victim() {
		}

		public static void main(String[] arguments) throws Exception {
			String sleep = "sleep 300" + arguments[2];
			List<String> scripts = List.of("echo ready; exec " + sleep,
					"trap '' TERM; echo ready; while :; do " + sleep + "; done",
					"(setsid " + sleep + " <&- >/dev/null 2>&1 &); echo ready; exec " + sleep);
			boolean raw = arguments[0].equals(Contender.RAW);
			ProcessManager processes = ProcessManager.create();
			List<Process> started = new ArrayList<>();
			for (int i = 0; i < Integer.parseInt(arguments[1]); i++) {
				String script = scripts.get(i % scripts.size());
				if (raw) {
					Process process = new ProcessBuilder("sh", "-c", script).start();
					started.add(process);
					process.getInputStream().read();
				}
				else {
					processes.shell(script).start().waitUntil((type, line) -> line.equals("ready"));
				}
			}
			System.out.println("ready");
			TimeUnit.MINUTES.sleep(5);
		}

	}

}
