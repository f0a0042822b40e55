package io.procession.sample;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

import io.procession.event.ProcessExited;
import io.procession.event.ProcessStartFailed;
import io.procession.event.ProcessStarted;

/**
 * Logs what happens to every process of this application.
 */
@Component
class ProcessJournal {

	private static final Logger logger = LoggerFactory.getLogger(ProcessJournal.class);

	@EventListener
	void on(ProcessStarted event) {
		logger.info("Process started: name={} pid={}", event.name(), event.pid());
	}

	// region event
	@EventListener
	void on(ProcessExited event) {
		logger.info("Process ended: name={} pid={} exitCode={} cause={} duration={}ms", event.name(), event.pid(),
				event.exitCode(), event.cause(), event.duration().toMillis());
	}
	// endregion

	@EventListener
	void on(ProcessStartFailed event) {
		logger.warn("Process could not be started: {}", event);
	}

}
