package io.procession.testing;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import org.slf4j.LoggerFactory;

import io.procession.ProcessManager;
import io.procession.execution.ProcessSettings;
import io.procession.execution.RunningProcess;
import io.procession.process.ExitCause;
import io.procession.process.ProcessException;
import io.procession.process.ProcessResult;

/**
 * An application that logs everything to its standard error, a full pipe without a
 * reader.
 */
public final class BlockedLog {

	private static final String IGNORES_TERM = "trap '' TERM; echo ready; while :; do sleep 300; done";

	private BlockedLog() {
	}

	/**
	 * Print a line for each attempt.
	 * @param arguments none
	 */
	public static void main(String[] arguments) {
		logToStandardError();
		fillStandardError();
		ProcessSettings settings = ProcessSettings.DEFAULTS.toBuilder()
			.timeoutGrace(Duration.ofMillis(300))
			.stopGrace(Duration.ofMillis(300))
			.drain(Duration.ofMillis(300))
			.build();
		ProcessManager processes = ProcessManager.builder().settings(settings).build();
		RunningProcess late = processes.shell(IGNORES_TERM).timeout(Duration.ofMillis(500)).start();
		RunningProcess silent = processes.shell(IGNORES_TERM).idleTimeout(Duration.ofMillis(500)).start();
		print("deadline", () -> cause(late));
		print("silence", () -> cause(silent));
		print("stop", () -> {
			RunningProcess process = processes.shell(IGNORES_TERM).start();
			process.stop();
			return cause(process);
		});
		print("listener", () -> processes.shell("echo a; echo b").onLine((type, line) -> {
			throw new IllegalStateException("planned");
		}).run().output().lines().toList());
		print("run", () -> processes.shell(IGNORES_TERM).timeout(Duration.ofMillis(500)).run());
		processes.close();
		print("close", () -> "done");
		System.exit(0);
	}

	private static void logToStandardError() {
		Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
		PatternLayoutEncoder encoder = new PatternLayoutEncoder();
		encoder.setContext(root.getLoggerContext());
		encoder.setPattern("%level %msg%n");
		encoder.start();
		ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
		appender.setContext(root.getLoggerContext());
		appender.setTarget("System.err");
		appender.setEncoder(encoder);
		appender.start();
		root.addAppender(appender);
		root.setLevel(Level.DEBUG);
	}

	private static void fillStandardError() {
		AtomicLong written = new AtomicLong();
		Threads.start(() -> {
			while (true) {
				System.err.println("full");
				written.incrementAndGet();
			}
		});
		long before = -1;
		while (written.get() != before) {
			before = written.get();
			Pace.slowly(Duration.ofMillis(500));
		}
	}

	private static ExitCause cause(RunningProcess process) {
		try {
			return process.waitFor().cause();
		}
		catch (ProcessException ex) {
			return ex.result().map(ProcessResult::cause).orElseThrow();
		}
	}

	private static void print(String what, Supplier<Object> outcome) {
		Object came;
		try {
			came = outcome.get();
		}
		catch (ProcessException ex) {
			came = ex.result().map(ProcessResult::cause).orElseThrow();
		}
		System.out.println(what + ": " + came);
	}

}
