package io.procession.test.spring;

import io.procession.test.FakeProcesses;

/**
 * Callback that adds stubs for all tests of a context, including for processes that are
 * started with the context. Stubs of a test take precedence. Beans of this type are
 * called in their order, and again after each test.
 */
@FunctionalInterface
public interface FakeProcessesCustomizer {

	/**
	 * Add stubs.
	 * @param processes the fakes to add the stubs to
	 */
	void customize(FakeProcesses processes);

}
