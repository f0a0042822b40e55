package io.procession.test.spring;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.springframework.context.ApplicationContext;
import org.springframework.test.context.TestContext;
import org.springframework.test.context.support.AbstractTestExecutionListener;

import io.procession.ProcessManager;
import io.procession.execution.ProcessLauncher;
import io.procession.test.FakeProcesses;
import io.procession.test.StrayProcessError;

/**
 * {@link AbstractTestExecutionListener} that resets the fakes of a context after each
 * test, and fails the test if a process was rejected, even if the code under test has
 * ignored the error. Rejects concurrent tests, since the reset of one would end the
 * processes of the other.
 */
final class FakeProcessesTestExecutionListener extends AbstractTestExecutionListener {

	private static final String FAKES = FakeProcessesTestExecutionListener.class.getName() + ".fakes";

	/**
	 * Test that is currently using the fakes. Static, since there is one listener per
	 * test class.
	 */
	private static final Map<FakeProcesses, String> TESTS = new ConcurrentHashMap<>();

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
					"Before the test, while its context was starting: add stubs in a bean of type"
							+ " FakeProcessesCustomizer\n" + ex.getMessage(),
					ex);
		}
		take(processes, test);
		processes.beginTest();
	}

	private static void take(FakeProcesses processes, TestContext test) {
		String name = test.getTestClass().getName() + "." + test.getTestMethod().getName();
		String other = TESTS.putIfAbsent(processes, name);
		if (other != null) {
			throw new IllegalStateException("The test '" + name + "' was started before '" + other + "' ended, and"
					+ " both share the fakes of one context: each would end the processes of the other. Let JUnit run"
					+ " them sequentially: put @ResourceLock(\"fakes\") on the classes of both");
		}
		test.setAttribute(FAKES, processes);
	}

	private static void checkManagers(ApplicationContext context, FakeProcesses processes) {
		context.getBeansOfType(ProcessManager.class, false, false).forEach((name, manager) -> {
			ProcessLauncher launcher = manager.launcher();
			// the launcher of a mock is null
			if (launcher != null && launcher.timeSource() != processes.time()) {
				throw new IllegalStateException("The ProcessManager bean '" + name + "' would start real processes: it"
						+ " was not created by auto-configuration. Use the fakes as its engine if present: let its"
						+ " bean method take an ObjectProvider<ProcessEngine> and call"
						+ " engines.ifUnique(builder::engine)");
			}
		});
	}

	@Override
	public void afterTestMethod(TestContext test) {
		FakeProcesses processes = (FakeProcesses) test.removeAttribute(FAKES);
		if (processes == null) {
			return;
		}
		try {
			// do not hide the failure of the test
			if (test.getTestException() == null) {
				processes.verifyNoStrays();
			}
		}
		finally {
			end(processes);
		}
	}

	private static void end(FakeProcesses processes) {
		try {
			processes.reset();
		}
		finally {
			TESTS.remove(processes);
		}
	}

}
