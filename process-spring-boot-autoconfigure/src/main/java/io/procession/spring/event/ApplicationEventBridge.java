package io.procession.spring.event;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.BeanCreationNotAllowedException;
import org.springframework.context.ApplicationEventPublisher;

import io.procession.event.ProcessEvent;
import io.procession.event.ProcessListener;
import io.procession.event.ProcessStarting;
import io.procession.event.ProcessionEvent;

/**
 * {@link ProcessListener} that publishes each event of a process or a feature as the
 * payload of an application event, on the manager's event thread and in order. A
 * {@link ProcessStarting} is published on the thread that starts the process.
 */
final class ApplicationEventBridge implements ProcessListener {

	private static final Logger logger = LoggerFactory.getLogger(ApplicationEventBridge.class);

	private final ApplicationEventPublisher publisher;

	ApplicationEventBridge(ApplicationEventPublisher publisher) {
		this.publisher = publisher;
	}

	/**
	 * Publish the event on the thread that starts the process, so that an exception of a
	 * listener vetoes the start.
	 */
	@Override
	public void beforeStart(ProcessStarting event) {
		publish(event);
	}

	@Override
	public void onEvent(ProcessEvent event) {
		publish(event);
	}

	@Override
	public void onFeatureEvent(ProcessionEvent event) {
		publish(event);
	}

	private void publish(ProcessionEvent event) {
		try {
			this.publisher.publishEvent(event);
		}
		catch (BeanCreationNotAllowedException ex) {
			// a process that runs until its manager is destroyed may outlive the
			// listeners
			logger.debug("Process event while the context closes: {}", event);
		}
	}

}
