package io.procession.spring.event;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.BeanCreationNotAllowedException;
import org.springframework.context.ApplicationEventPublisher;

import io.procession.event.ProcessEvent;
import io.procession.event.ProcessListener;
import io.procession.event.ProcessStarting;

/**
 * Publishes process events as payload of application events, on the manager's event
 * thread and in order; {@link ProcessStarting} on the thread that starts the process.
 */
final class ApplicationEventBridge implements ProcessListener {

	private static final Logger logger = LoggerFactory.getLogger(ApplicationEventBridge.class);

	private final ApplicationEventPublisher publisher;

	ApplicationEventBridge(ApplicationEventPublisher publisher) {
		this.publisher = publisher;
	}

	/** On the thread that starts the process: a listener that throws vetoes the start. */
	@Override
	public void beforeStart(ProcessStarting event) {
		onEvent(event);
	}

	@Override
	public void onEvent(ProcessEvent event) {
		try {
			this.publisher.publishEvent(event);
		}
		catch (BeanCreationNotAllowedException ex) {
			// a process that lived until its manager was destroyed may outlive the
			// listeners
			logger.debug("Process event while the context closes: {}", event);
		}
	}

}
