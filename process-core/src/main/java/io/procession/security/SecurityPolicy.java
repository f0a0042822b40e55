package io.procession.security;

/**
 * Security settings of a manager. <i>Immutable.</i>
 *
 * @param commands which programs may be started
 * @param environment which variables of the JVM's environment they inherit
 * @param redactor which secrets are hidden where commands are shown
 */
public record SecurityPolicy(CommandPolicy commands, EnvironmentPolicy environment, Redactor redactor) {

	/**
	 * Default settings: every program may be started and inherits the whole environment,
	 * and the usual secrets are hidden.
	 */
	public static final SecurityPolicy DEFAULTS = new SecurityPolicy(CommandPolicy.none(),
			EnvironmentPolicy.inheritAll(), Redactor.defaults());

}
