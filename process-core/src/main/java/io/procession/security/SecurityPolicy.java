package io.procession.security;

/**
 * All that a manager allows and shows. <i>Immutable.</i>
 *
 * @param commands which programs may be started
 * @param environment what they inherit of the JVM's environment
 * @param redactor what is hidden where commands are shown
 */
public record SecurityPolicy(CommandPolicy commands, EnvironmentPolicy environment, Redactor redactor) {

	/**
	 * Everything may be started and inherits everything; the usual secrets are hidden.
	 */
	public static final SecurityPolicy DEFAULTS = new SecurityPolicy(CommandPolicy.none(),
			EnvironmentPolicy.inheritAll(), Redactor.defaults());

}
