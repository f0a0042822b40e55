package io.procession.spring;

import io.procession.ProcessManager;

/**
 * Callback for customizing the {@link ProcessManager} before it is built, after the
 * properties have been applied. Beans of this type are called in their order.
 */
@FunctionalInterface
public interface ProcessManagerCustomizer {

	/**
	 * Customize the builder.
	 * @param builder the builder, configured from the properties
	 */
	void customize(ProcessManager.Builder builder);

}
