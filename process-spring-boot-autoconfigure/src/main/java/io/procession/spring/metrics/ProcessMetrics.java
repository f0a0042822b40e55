package io.procession.spring.metrics;

import java.time.Duration;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;

import io.procession.ProcessManager;
import io.procession.event.ProcessEvent;
import io.procession.event.ProcessExited;
import io.procession.event.ProcessListener;
import io.procession.event.ProcessStartFailed;
import io.procession.process.ExitCause;
import io.procession.process.ProcessStartException.Reason;

/**
 * {@link ProcessListener} that counts and times processes. <i>Thread-safe.</i>
 */
public final class ProcessMetrics implements ProcessListener {

	private final MeterRegistry registry;

	/**
	 * Create an instance and register the gauge. The timers are registered when processes
	 * end.
	 * @param registry the registry for the meters
	 * @param manager the manager of the processes; this instance must be added to it as a
	 * listener
	 */
	public ProcessMetrics(MeterRegistry registry, ProcessManager manager) {
		this.registry = registry;
		Gauge.builder(ProcessMeters.EXECUTION_ACTIVE.meterName(), manager, (counted) -> counted.running().size())
			.description("Number of running processes")
			.register(registry);
	}

	@Override
	public void onEvent(ProcessEvent event) {
		if (event instanceof ProcessExited exited) {
			record(exited.name(), outcome(exited), exited.duration());
		}
		else if (event instanceof ProcessStartFailed failed) {
			boolean denied = failed.reason() == Reason.DENIED;
			record(failed.name(), denied ? Reason.DENIED.name() : ExitCause.START_FAILED.name(), Duration.ZERO);
		}
	}

	private static String outcome(ProcessExited exited) {
		if (exited.successful()) {
			return "SUCCESS";
		}
		return (exited.cause() == ExitCause.EXITED) ? "FAILURE" : exited.cause().name();
	}

	private void record(String name, String outcome, Duration duration) {
		Timer.builder(ProcessMeters.EXECUTION.meterName())
			.description("Duration of processes that have ended")
			.tag("name", name)
			.tag("outcome", outcome)
			.register(this.registry)
			.record(duration);
	}

}
