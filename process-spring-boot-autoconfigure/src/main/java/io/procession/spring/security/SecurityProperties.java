package io.procession.spring.security;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.Delimiter;

/**
 * Configuration properties of the security policies. <i>Immutable.</i>
 *
 * @param commands Programs that may be started.
 * @param environment Environment variables that processes inherit from the application.
 * @param redaction Secrets that are hidden wherever commands are shown.
 */
@ConfigurationProperties("procession.security")
public record SecurityProperties(@DefaultValue Commands commands, @DefaultValue Inheritance environment,
		@DefaultValue Redaction redaction) {

	/**
	 * Programs that may be started. <i>Immutable.</i>
	 *
	 * @param allow Programs that may be started, while all others are denied. Each one is
	 * a name, which is looked up in the PATH of the application, the absolute path of a
	 * program or directory, or one of these with patterns for its arguments. All programs
	 * if not set.
	 * @param deny Programs that must not be started, not even as interpreters of scripts.
	 * In the same format as the allowed programs.
	 * @param shells Whether to allow shells and other programs that run programs. If not
	 * set, they are allowed only if no rules are configured, or if a rule allows them by
	 * name or path rather than by directory.
	 */
	public record Commands(@Nullable List<Rule> allow, @Nullable List<Rule> deny, @Nullable Boolean shells) {

	}

	/**
	 * Rule for a program and its arguments. <i>Immutable.</i>
	 *
	 * @param program Name of the program, absolute path of the program, or absolute path
	 * of a directory.
	 * @param arguments Regular expressions for the arguments. To be allowed, each
	 * argument must fully match one of them. To be denied, one argument must. Any
	 * arguments if not set.
	 */
	public record Rule(@DefaultValue("") String program,
			@Delimiter(Delimiter.NONE) @DefaultValue List<String> arguments) {

		/**
		 * Create a rule that is written as a program without arguments.
		 * @param program name or path of the program
		 * @return the rule
		 */
		public static Rule valueOf(String program) {
			return new Rule(program, List.of());
		}

	}

	/**
	 * Environment variables that processes inherit from the application.
	 * <i>Immutable.</i>
	 *
	 * @param inherit Environment variables that processes inherit from the application:
	 * all of them, those of an allowlist, or none.
	 * @param allow Names of the variables in the allowlist, in which * matches any
	 * characters. If not set, PATH, HOME, and variables for the language, the time zone,
	 * directories for temporary files and the like.
	 */
	public record Inheritance(@DefaultValue("all") Inherit inherit, @Nullable List<String> allow) {

	}

	/**
	 * Secrets that are hidden wherever commands are shown. <i>Immutable.</i>
	 *
	 * @param names Words that the names of secret options, variables and parameters end
	 * with, or regular expressions that match these names. If not set, password, passwd,
	 * passphrase, secret, key, token, credentials, pass, pwd, auth, bearer and the like.
	 */
	public record Redaction(@Nullable List<String> names) {

	}

	/**
	 * Modes of inheriting environment variables.
	 */
	public enum Inherit {

		/** All variables. */
		ALL,
		/** The variables of an allowlist. */
		ALLOWLIST,
		/** No variables. */
		NOTHING

	}

}
