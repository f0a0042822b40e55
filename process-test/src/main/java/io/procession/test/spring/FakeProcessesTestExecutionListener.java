package io.procession.test.spring;

import org.springframework.context.ApplicationContext;
import org.springframework.test.context.TestContext;
import org.springframework.test.context.support.AbstractTestExecutionListener;

import io.procession.ProcessManager;
import io.procession.engine.TimeSource;
import io.procession.test.FakeProcesses;
import io.procession.test.StrayProcessError;

/**
 * Resets the fakes of a context after each test, and fails the test if the code under
 * test has swallowed that a process was refused.
 */
final class FakeProcessesTestExecutionListener extends AbstractTestExecutionListener {

	@Override
	public void beforeTestMethod(TestContext test) {
		if (!FakeProcessesContextCustomizerFactory.isWanted(test.getTestClass())) {
			return;
		}
		ApplicationContext context = test.getApplicationContext();
		FakeProcesses processes = context.getBean(FakeProcesses.class);
		checkManagers(context, processes);
		try {
			processes.verifyNoStrays();
		}
		catch (StrayProcessError ex) {
			throw new IllegalStateException(
					"Before the test, while its context started: add the stubs in a bean of type"
							+ " FakeProcessesCustomizer\n" + ex.getMessage(),
					ex);
		}
		processes.beginTest();
	}

	private static void checkManagers(ApplicationContext context, FakeProcesses processes) {
		context.getBeansOfType(ProcessManager.class, false, false).forEach((name, manager) -> {
			TimeSource time = manager.timeSource();
			// that of a mock is null
			if (time != null && time != processes.time()) {
				throw new IllegalStateException("The ProcessManager bean '" + name + "' would start real processes: it"
						+ " was not made by auto-configuration. Build it over the fakes where there are some: let its"
						+ " bean method take an ObjectProvider<ProcessEngine> and call"
						+ " engines.ifUnique(builder::engine)");
			}
		});
	}

	@Override
	public void afterTestMethod(TestContext test) {
		if (!FakeProcessesContextCustomizerFactory.isWanted(test.getTestClass()) || !test.hasApplicationContext()) {
			return;
		}
		FakeProcesses processes = test.getApplicationContext().getBean(FakeProcesses.class);
		try {
			// a test that failed has said why
			if (test.getTestException() == null) {
				processes.verifyNoStrays();
			}
		}
		finally {
			processes.reset();
		}
	}

}
