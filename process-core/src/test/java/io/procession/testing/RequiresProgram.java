package io.procession.testing;

import java.io.File;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * Skips a test if a program that it requires is not installed.
 */
@Target({ ElementType.TYPE, ElementType.METHOD })
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(RequiresProgram.Condition.class)
public @interface RequiresProgram {

	/**
	 * Return the names of the programs.
	 * @return names to be found in {@code PATH}
	 */
	String[] value();

	/**
	 * Looks the programs up.
	 */
	final class Condition implements ExecutionCondition {

		@Override
		public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
			return AnnotationSupport.findAnnotation(context.getElement(), RequiresProgram.class)
				.flatMap((annotation) -> Arrays.stream(annotation.value())
					.filter((program) -> !isInstalled(program))
					.findFirst())
				.map((program) -> ConditionEvaluationResult.disabled("'" + program + "' is not installed"))
				.orElseGet(() -> ConditionEvaluationResult.enabled("everything is installed"));
		}

		private static boolean isInstalled(String program) {
			return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
				.anyMatch((directory) -> Files.isExecutable(Path.of(directory, program)));
		}

	}

}
