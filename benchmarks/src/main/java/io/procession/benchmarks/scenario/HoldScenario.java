package io.procession.benchmarks.scenario;

import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import com.sun.management.OperatingSystemMXBean;

import io.procession.ProcessManager;
import io.procession.execution.PendingProcess;

/**
 * Many children that do nothing: what it costs to have them.
 */
final class HoldScenario implements Scenario {

	private static final List<String> COMMAND = List.of("sleep", "300");

	private final boolean quiet;

	HoldScenario(boolean quiet) {
		this.quiet = quiet;
	}

	@Override
	public String name() {
		return this.quiet ? "hold-quiet" : "hold";
	}

	@Override
	public String title() {
		return "1,000 children held, " + (this.quiet ? "`quietly()`" : "both streams captured")
				+ " (a fresh JVM for each sample)";
	}

	@Override
	public List<String> ownJvm() {
		return List.of("-Xms512m", "-Xmx512m");
	}

	@Override
	public List<Contender> contenders(Setting setting) {
		int children = setting.amount(1000, 50);
		int idleMillis = setting.amount(10_000, 1_000);
		return List.of(new Contender(Contender.RAW, () -> measure(new RawChildren(this.quiet), children, idleMillis)),
				new Contender(Contender.PROCESSION,
						() -> measure(new ProcessionChildren(setting.processes(), this.quiet), children, idleMillis)));
	}

	private static Sample measure(Children children, int count, int idleMillis) throws Exception {
		children.warmUp();
		double residentBefore = Memory.resident();
		long start = System.nanoTime();
		for (int i = 0; i < count; i++) {
			children.start();
		}
		double startMillis = Sample.millisSince(start);
		if (children.alive() != count) {
			throw new IllegalStateException("Only " + children.alive() + " of " + count + " are alive");
		}
		Sample held = Sample.of(Measure.START, startMillis)
			.and(Measure.THREADS, ManagementFactory.getThreadMXBean().getThreadCount())
			.and(Measure.RESIDENT_PER_CHILD, (Memory.resident() - residentBefore) / count)
			.and(Measure.IDLE_CPU, idleCpu(idleMillis));
		start = System.nanoTime();
		children.stopAll();
		return held.and(Measure.STOP, Sample.millisSince(start)).and(Measure.SURVIVORS, children.alive());
	}

	private static double idleCpu(int millis) throws InterruptedException {
		OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
		// lets what the starts have left behind come to rest, the compiler above all
		TimeUnit.MILLISECONDS.sleep(millis / 5);
		long before = system.getProcessCpuTime();
		long start = System.nanoTime();
		TimeUnit.MILLISECONDS.sleep(millis);
		return 100.0 * (system.getProcessCpuTime() - before) / (System.nanoTime() - start);
	}

	@Override
	public List<Bound> bounds() {
		return List.of(Bound.value(Measure.THREADS, this.quiet ? 1015 : 3015),
				this.quiet ? Bound.value(Measure.RESIDENT_PER_CHILD, 130)
						: Bound.ratio(Measure.RESIDENT_PER_CHILD, 1.0),
				Bound.value(Measure.IDLE_CPU, 1), Bound.value(Measure.SURVIVORS, 0));
	}

	/**
	 * Somebody who keeps children.
	 */
	private interface Children {

		/** Loads what a first start loads. */
		void warmUp() throws Exception;

		void start() throws Exception;

		long alive();

		void stopAll() throws Exception;

	}

	private static final class ProcessionChildren implements Children {

		private final ProcessManager processes;

		private final PendingProcess pending;

		ProcessionChildren(ProcessManager processes, boolean quiet) {
			this.processes = processes;
			this.pending = processes.command(COMMAND).when(quiet, PendingProcess::quietly);
		}

		@Override
		public void warmUp() {
			for (int i = 0; i < 20; i++) {
				this.processes.run("/bin/true");
			}
		}

		@Override
		public void start() {
			this.pending.start();
		}

		@Override
		public long alive() {
			return this.processes.running().size();
		}

		@Override
		public void stopAll() {
			this.processes.close();
		}

	}

	/**
	 * Two reader threads for each child, unless its output is discarded.
	 */
	private static final class RawChildren implements Children {

		private final List<Process> children = new ArrayList<>();

		private final boolean quiet;

		RawChildren(boolean quiet) {
			this.quiet = quiet;
		}

		@Override
		public void warmUp() throws Exception {
			for (int i = 0; i < 20; i++) {
				start(new ProcessBuilder("/bin/true")).waitFor();
			}
		}

		@Override
		public void start() throws IOException {
			this.children.add(start(new ProcessBuilder(COMMAND)));
		}

		private Process start(ProcessBuilder builder) throws IOException {
			if (this.quiet) {
				return builder.redirectOutput(Redirect.DISCARD).redirectError(Redirect.DISCARD).start();
			}
			Process process = builder.start();
			read(process.getInputStream());
			read(process.getErrorStream());
			return process;
		}

		private static void read(InputStream stream) {
			new Thread(() -> {
				try {
					stream.readAllBytes();
				}
				catch (IOException ex) {
					// closed when its process was destroyed
				}
			}).start();
		}

		@Override
		public long alive() {
			return this.children.stream().filter(Process::isAlive).count();
		}

		@Override
		public void stopAll() throws InterruptedException {
			this.children.forEach(Process::destroy);
			for (Process child : this.children) {
				child.waitFor();
			}
		}

	}

}
