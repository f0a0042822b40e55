package io.procession.test.junit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

import io.procession.ProcessManager;
import io.procession.test.FakeProcesses;
import io.procession.test.ManualTime;

/**
 * JUnit extension that provides each test with its own fakes. Parameters of constructors
 * and methods can have the types {@link FakeProcesses}, {@link ProcessManager} and
 * {@link ManualTime}. After the test, the manager is closed and running processes are
 * ended. If a process was rejected because there was no stub, the test fails, even if the
 * code under test has ignored the error.
 *
 * <pre>
 * &#64;ExtendWith(FakeProcessesExtension.class)
 * class DeploymentTests {
 *
 *     &#64;Test
 *     void pulls(FakeProcesses processes, ProcessManager manager) {
 *         processes.stub("git pull *");
 *         new Deployment(manager).deploy("shop");
 *         assertThat(processes).ran("git", "pull", "origin", "shop");
 *     }
 *
 * }
 * </pre>
 */
public final class FakeProcessesExtension implements ParameterResolver, AfterEachCallback {

	private static final Namespace NAMESPACE = Namespace.create(FakeProcessesExtension.class);

	/**
	 * Create an instance. Called by JUnit.
	 */
	public FakeProcessesExtension() {
	}

	@Override
	public ExtensionContextScope getTestInstantiationExtensionContextScope(ExtensionContext rootContext) {
		return ExtensionContextScope.TEST_METHOD;
	}

	@Override
	public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
		Class<?> type = parameter.getParameter().getType();
		return type == FakeProcesses.class || type == ProcessManager.class || type == ManualTime.class;
	}

	@Override
	public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
		Class<?> type = parameter.getParameter().getType();
		FakeProcesses processes = processes(context.getStore(NAMESPACE));
		if (type == ProcessManager.class) {
			return context.getStore(NAMESPACE)
				.computeIfAbsent(ProcessManager.class, (key) -> processes.manager(), ProcessManager.class);
		}
		return (type == ManualTime.class) ? processes.time() : processes;
	}

	private static FakeProcesses processes(Store store) {
		return store.computeIfAbsent(FakeProcesses.class, (key) -> FakeProcesses.create(), FakeProcesses.class);
	}

	@Override
	public void afterEach(ExtensionContext context) {
		Store store = context.getStore(NAMESPACE);
		@Nullable ProcessManager manager = store.remove(ProcessManager.class, ProcessManager.class);
		@Nullable FakeProcesses processes = store.remove(FakeProcesses.class, FakeProcesses.class);
		if (manager != null) {
			manager.close();
		}
		if (processes == null) {
			return;
		}
		try {
			// do not hide the failure of the test
			if (context.getExecutionException().isEmpty()) {
				processes.verifyNoStrays();
			}
		}
		finally {
			processes.reset();
		}
	}

}
