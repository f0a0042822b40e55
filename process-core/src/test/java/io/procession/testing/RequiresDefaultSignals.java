package io.procession.testing;

import java.io.IOException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Skips a test if this JVM ignores signals, for example because it was started by {@code
 * nohup(1)} or in the background of a script. Its processes are then started by {@code
 * env(1)}, which changes their names.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(RequiresDefaultSignals.Condition.class)
public @interface RequiresDefaultSignals {

	/**
	 * Determines which signals are ignored.
	 */
	final class Condition implements ExecutionCondition {

		/** Signals 1 to 31: the others are used by the C library. */
		private static final long STANDARD = 0x7FFF_FFFFL;

		@Override
		public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
			String ignored = ignored();
			return ((Long.parseUnsignedLong(ignored, 16) & STANDARD) == 0)
					? ConditionEvaluationResult.enabled("no signal is ignored")
					: ConditionEvaluationResult.disabled("this JVM ignores signals: SigIgn " + ignored);
		}

		private static String ignored() {
			try {
				return Files.readString(Path.of("/proc/self/status"), StandardCharsets.ISO_8859_1)
					.lines()
					.filter((line) -> line.startsWith("SigIgn:"))
					.map((line) -> line.substring("SigIgn:".length()).strip())
					.findFirst()
					.orElse("0");
			}
			catch (IOException ex) {
				return "0";
			}
		}

	}

}
