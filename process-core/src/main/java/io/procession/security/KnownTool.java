package io.procession.security;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A program with options whose values are secrets although their names do not indicate
 * it. <i>Immutable.</i>
 *
 * @param secrets options that are followed by a secret
 * @param users options that are followed by a user and a password, separated by a colon
 * @param glued options with a secret directly after them, in the same argument
 */
record KnownTool(List<String> secrets, List<String> users, List<String> glued) {

	/** Represents any other program. */
	static final KnownTool NONE = new KnownTool(List.of(), List.of(), List.of());

	private static final KnownTool CURL = new KnownTool(List.of(), List.of("-u", "--user", "-U", "--proxy-user"),
			List.of());

	private static final KnownTool MYSQL = new KnownTool(List.of(), List.of(), List.of("-p"));

	private static final KnownTool HTTPIE = new KnownTool(List.of("-a"), List.of(), List.of());

	private static final KnownTool LDAP = new KnownTool(List.of("-w"), List.of(), List.of("-w"));

	private static final KnownTool ZIP = new KnownTool(List.of("-P"), List.of(), List.of());

	private static final Map<String, KnownTool> BY_NAME = Map.ofEntries(Map.entry("curl", CURL),
			Map.entry("mysql", MYSQL), Map.entry("mysqldump", MYSQL), Map.entry("mysqladmin", MYSQL),
			Map.entry("mysqlimport", MYSQL), Map.entry("mysqlcheck", MYSQL), Map.entry("mariadb", MYSQL),
			Map.entry("mariadb-dump", MYSQL), Map.entry("mariadb-admin", MYSQL), Map.entry("http", HTTPIE),
			Map.entry("https", HTTPIE), Map.entry("ldapsearch", LDAP), Map.entry("ldapmodify", LDAP),
			Map.entry("ldapadd", LDAP), Map.entry("ldapdelete", LDAP), Map.entry("ldapwhoami", LDAP),
			Map.entry("sshpass", new KnownTool(List.of("-p"), List.of(), List.of("-p"))),
			Map.entry("redis-cli", new KnownTool(List.of("-a"), List.of(), List.of())), Map.entry("zip", ZIP),
			Map.entry("unzip", ZIP), Map.entry("mosquitto_pub", ZIP), Map.entry("mosquitto_sub", ZIP),
			Map.entry("openssl", new KnownTool(List.of("-passin", "-passout"), List.of(), List.of())),
			Map.entry("sqlcmd", new KnownTool(List.of("-P"), List.of(), List.of("-P"))));

	/** A short option for a user, combined with others that take no value. */
	private static final Pattern SHORT_USER_OPTION = Pattern.compile("-[A-Za-z#]{1,8}[uU]");

	/**
	 * Return the program that an argument names.
	 * @param argument a name or a path
	 * @param otherwise the program to return if the argument does not name a known one
	 */
	static KnownTool named(String argument, KnownTool otherwise) {
		String name = argument.substring(argument.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
		return BY_NAME.getOrDefault(name, otherwise);
	}

	/** Return whether the argument after this one is a secret. */
	boolean announcesSecret(String argument) {
		return this.secrets.contains(argument);
	}

	/** Return whether the argument after this one is a user and a password. */
	boolean announcesUser(String argument) {
		return this.users.contains(argument)
				|| (!this.users.isEmpty() && SHORT_USER_OPTION.matcher(argument).matches());
	}

	/**
	 * Determine where a secret begins in the argument of an option.
	 * @param argument an option and the text directly after it
	 * @return the position, or 0 if there is no secret
	 */
	int secretIn(String argument) {
		for (String option : this.glued) {
			if (argument.startsWith(option)) {
				return option.length();
			}
		}
		for (String option : this.users) {
			String start = option.startsWith("--") ? option + "=" : option;
			if (argument.startsWith(start)) {
				return argument.indexOf(':', start.length()) + 1;
			}
		}
		return 0;
	}

}
