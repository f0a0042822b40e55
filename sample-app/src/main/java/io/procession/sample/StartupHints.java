package io.procession.sample;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/**
 * Tells, once the desk is open, what one can ask it.
 */
@Component
class StartupHints {

	private static final Logger logger = LoggerFactory.getLogger(StartupHints.class);

	private final Environment environment;

	private final LogDeskProperties properties;

	StartupHints(Environment environment, LogDeskProperties properties) {
		this.environment = environment;
		this.properties = properties;
	}

	@EventListener(ApplicationReadyEvent.class)
	void print() {
		String url = "http://localhost:" + this.environment.getProperty("local.server.port")
				+ this.environment.getProperty("server.servlet.context-path", "");
		logger.info("""
				The log desk is open. Try:

				  curl -s {}/access.log | curl --data-binary @- {}/reports
				  curl -F file=@/bin/sh -F file=@/bin/ls {}/checksums
				  curl {}/disk

				Access logs (*.log) that you move into {} are archived there.
				""", url, url, url, url, this.properties.directory().resolve("inbox"));
	}

}
