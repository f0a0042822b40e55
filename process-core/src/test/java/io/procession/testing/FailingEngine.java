package io.procession.testing;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import io.procession.engine.EngineProcess;
import io.procession.engine.Launch;
import io.procession.engine.ProcessEngine;
import io.procession.engine.ProcessTree;
import io.procession.process.ProcessStartException;

/**
 * The real engine with an action before each start. By default, one start fails although
 * all checks have passed, as if the system lacked resources or the program had just been
 * removed.
 */
public class FailingEngine implements ProcessEngine {

	private final ProcessEngine engine;

	private final Consumer<Launch> before;

	/**
	 * Create an engine that fails once.
	 * @param engine the engine for all other starts
	 * @param good number of starts, of a process or a pipeline, that succeed before
	 */
	public FailingEngine(ProcessEngine engine, int good) {
		this(engine, failing(new AtomicInteger(good)));
	}

	/**
	 * Create an engine that executes an action before each start.
	 * @param engine the engine that starts the processes
	 * @param before receives the process, or the first of a pipeline; may throw
	 */
	public FailingEngine(ProcessEngine engine, Consumer<Launch> before) {
		this.engine = engine;
		this.before = before;
	}

	private static Consumer<Launch> failing(AtomicInteger left) {
		return (launch) -> {
			if (left.getAndDecrement() == 0) {
				throw new ProcessStartException(launch.spec(), ProcessStartException.Reason.NO_RESOURCES, "planned",
						null);
			}
		};
	}

	@Override
	public EngineProcess start(Launch launch) {
		this.before.accept(launch);
		return this.engine.start(launch);
	}

	@Override
	public List<EngineProcess> startPipeline(List<Launch> launches) {
		this.before.accept(launches.get(0));
		return this.engine.startPipeline(launches);
	}

	@Override
	public void check(List<Launch> launches) {
		this.engine.check(launches);
	}

	@Override
	public void scan() {
		this.engine.scan();
	}

	@Override
	public void heartbeat() {
		this.engine.heartbeat();
	}

	@Override
	public ProcessTree leftovers() {
		return this.engine.leftovers();
	}

	@Override
	public List<String> limitations() {
		return this.engine.limitations();
	}

	@Override
	public void close() {
		this.engine.close();
	}

}
