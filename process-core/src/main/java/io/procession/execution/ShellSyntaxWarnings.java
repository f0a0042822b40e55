package io.procession.execution;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.procession.process.Command;

/**
 * Logs warnings about command lines that contain shell syntax, once for each command.
 * <i>Thread-safe.</i>
 */
final class ShellSyntaxWarnings {

	/**
	 * Maximum number of warnings, since a command with changing arguments would otherwise
	 * be logged indefinitely.
	 */
	private static final int MOST = 100;

	private static final Logger logger = LoggerFactory.getLogger(ShellSyntaxWarnings.class);

	/** Hash codes of the commands, so that no arguments are kept. */
	private final Set<Integer> warned = ConcurrentHashMap.newKeySet();

	void warn(Command command) {
		command.shellSyntax().ifPresent((syntax) -> {
			if (this.warned.size() < MOST && this.warned.add(command.hashCode())) {
				logger.warn("Command line contains an unquoted {}, which {}: command={}", syntax, remedy(syntax),
						command.summary());
			}
		});
	}

	private static String remedy(String syntax) {
		return switch (syntax) {
			case "\\" -> "quotes the next character and is dropped; put a Windows path in single quotes, or pass the"
					+ " program and its arguments separately";
			case "~" -> "is not expanded; write the path of the directory, or use shell(...)";
			default -> "is passed to the program as text, as no shell is involved; use shell(...), which is"
					+ " [\"/bin/sh\", \"-c\", \"...\"] in configuration, or put it in single quotes if it is text";
		};
	}

}
