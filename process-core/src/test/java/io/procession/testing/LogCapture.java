package io.procession.testing;

import java.util.ArrayList;
import java.util.List;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.AppenderBase;
import org.slf4j.LoggerFactory;

/**
 * Captures all log messages at all levels until closed.
 */
public final class LogCapture extends AppenderBase<ILoggingEvent> implements AutoCloseable {

	private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);

	private final Level level = this.root.getLevel();

	private final List<Appender<ILoggingEvent>> others = new ArrayList<>();

	private final StringBuffer text = new StringBuffer();

	private LogCapture() {
	}

	/**
	 * Capture all log messages from now on instead of writing them to the console.
	 * @return the capture
	 */
	public static LogCapture begin() {
		LogCapture capture = new LogCapture();
		capture.root.iteratorForAppenders().forEachRemaining(capture.others::add);
		capture.others.forEach(capture.root::detachAppender);
		capture.root.setLevel(Level.TRACE);
		capture.root.addAppender(capture);
		capture.setContext(capture.root.getLoggerContext());
		capture.start();
		return capture;
	}

	@Override
	protected void append(ILoggingEvent event) {
		this.text.append(event.getLevel())
			.append(' ')
			.append(event.getThreadName())
			.append(' ')
			.append(event.getLoggerName())
			.append(' ')
			.append(event.getMDCPropertyMap())
			.append(' ')
			.append(event.getFormattedMessage())
			.append('\n');
		if (event.getThrowableProxy() != null) {
			this.text.append(ThrowableProxyUtil.asString(event.getThrowableProxy())).append('\n');
		}
	}

	/**
	 * Return all captured messages.
	 * @return levels, threads, loggers, contexts, messages and stack traces
	 */
	public String text() {
		return this.text.toString();
	}

	@Override
	public void close() {
		this.root.detachAppender(this);
		this.root.setLevel(this.level);
		this.others.forEach(this.root::addAppender);
	}

}
