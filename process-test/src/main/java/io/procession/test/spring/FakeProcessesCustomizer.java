package io.procession.test.spring;

import io.procession.test.FakeProcesses;

/**
 * Adds stubs that every test of a context has, from the start of the context on; those of
 * a test come before them. Beans of this type are called in their order, again after each
 * test.
 */
@FunctionalInterface
public interface FakeProcessesCustomizer {

	/**
	 * Adds stubs.
	 * @param processes where to
	 */
	void customize(FakeProcesses processes);

}
