package io.procession.spring;

import io.procession.ProcessManager;

/**
 * Changes the process manager before it is built, after the properties were applied.
 * Beans of this type are called in their order.
 */
@FunctionalInterface
public interface ProcessManagerCustomizer {

	/**
	 * Changes what the manager is made of.
	 * @param builder the builder, filled from the properties
	 */
	void customize(ProcessManager.Builder builder);

}
