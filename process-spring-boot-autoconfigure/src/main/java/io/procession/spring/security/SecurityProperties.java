package io.procession.spring.security;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.Delimiter;

/**
 * What may be started, what it inherits, and what is hidden. <i>Immutable.</i>
 *
 * @param commands Which programs may be started.
 * @param environment What processes inherit of the environment of the application.
 * @param redaction What is hidden where commands are shown.
 */
@ConfigurationProperties("procession.security")
public record SecurityProperties(@DefaultValue Commands commands, @DefaultValue Inheritance environment,
		@DefaultValue Redaction redaction) {

	/**
	 * Which programs may be started. <i>Immutable.</i>
	 *
	 * @param allow Programs that may be started, and no others: names, which are looked
	 * up in the PATH of the application, or absolute paths of programs or folders; or of
	 * each a program and the patterns of its arguments. All programs if not set.
	 * @param deny Programs that may not be started, even as interpreters of scripts,
	 * written as those that are allowed.
	 * @param shells Whether shells, and programs that are there to run others, may be
	 * started as well. If not set they may only if nothing is allowed or denied, or if
	 * they are allowed themselves and not only their folder.
	 */
	public record Commands(@Nullable List<Rule> allow, @Nullable List<Rule> deny, @Nullable Boolean shells) {

	}

	/**
	 * A program and its arguments. <i>Immutable.</i>
	 *
	 * @param program Name, absolute path, or absolute path of a folder.
	 * @param arguments Regular expressions: allowed if each argument matches one of them
	 * as a whole, denied if one of the arguments does. Any arguments if not set.
	 */
	public record Rule(@DefaultValue("") String program,
			@Delimiter(Delimiter.NONE) @DefaultValue List<String> arguments) {

		/**
		 * A rule that is written as a program alone.
		 * @param program name or path
		 * @return the rule
		 */
		public static Rule valueOf(String program) {
			return new Rule(program, List.of());
		}

	}

	/**
	 * What processes inherit of the environment of the application. <i>Immutable.</i>
	 *
	 * @param inherit What is inherited: everything, an allowlist, or nothing.
	 * @param allow Names of the allowlist, in which * stands for any characters. If not
	 * set: PATH, HOME, language, time zone, folders for temporary files and the like.
	 */
	public record Inheritance(@DefaultValue("all") Inherit inherit, @Nullable List<String> allow) {

	}

	/**
	 * What is hidden where commands are shown. <i>Immutable.</i>
	 *
	 * @param names Words that the names of secret options, variables and parameters end
	 * with, or regular expressions that they match. If not set: password, passwd,
	 * passphrase, secret, key, token, credentials, pass, pwd, auth, bearer and the like.
	 */
	public record Redaction(@Nullable List<String> names) {

	}

	/**
	 * What processes inherit.
	 */
	public enum Inherit {

		/** All variables. */
		ALL,
		/** The variables of a list. */
		ALLOWLIST,
		/** No variables. */
		NOTHING

	}

}
