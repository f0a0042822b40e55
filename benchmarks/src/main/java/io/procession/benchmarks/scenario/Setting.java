package io.procession.benchmarks.scenario;

import org.jspecify.annotations.Nullable;

import io.procession.ProcessManager;

/**
 * What contenders may use: how much work there is, and a manager that is made when it is
 * first asked for, so that it costs the others nothing. <i>Not thread-safe.</i>
 */
public final class Setting implements AutoCloseable {

	private final boolean quick;

	private @Nullable ProcessManager processes;

	/**
	 * A setting.
	 * @param quick whether the work is cut down to what shows that everything works
	 */
	public Setting(boolean quick) {
		this.quick = quick;
	}

	/**
	 * How much to do.
	 * @param full how much in a real run
	 * @param cut how much in a quick one
	 * @return one of them
	 */
	int amount(int full, int cut) {
		return this.quick ? cut : full;
	}

	/**
	 * The manager, with default settings.
	 * @return always the same
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
