package io.procession.benchmarks.scenario;

import org.jspecify.annotations.Nullable;

import io.procession.ProcessManager;

/**
 * Resources of the contenders: the amount of work, and a manager, which all rows share.
 * <i>Not thread-safe.</i>
 */
public final class Setting implements AutoCloseable {

	private final boolean quick;

	private @Nullable ProcessManager processes;

	/**
	 * Create the resources.
	 * @param quick whether the work is reduced to a smoke test
	 */
	public Setting(boolean quick) {
		this.quick = quick;
	}

	/**
	 * Return the amount of work.
	 * @param full the amount in a measured run
	 * @param cut the amount in a quick run
	 * @return one of them
	 */
	int amount(int full, int cut) {
		return this.quick ? cut : full;
	}

	/**
	 * Return the manager, with default settings.
	 * @return the manager, created on first use
	 */
	ProcessManager processes() {
		if (this.processes == null) {
			this.processes = ProcessManager.create();
		}
		return this.processes;
	}

	/**
	 * Start a process by the manager, which thereby determines how the JVM was started.
	 * NuProcess makes its JVM ignore SIGPIPE: a manager that is created later starts each
	 * process through {@code env(1)} to undo that, which would be measured.
	 */
	public void prepare() {
		processes().run("true");
	}

	@Override
	public void close() {
		if (this.processes != null) {
			this.processes.close();
		}
	}

}
