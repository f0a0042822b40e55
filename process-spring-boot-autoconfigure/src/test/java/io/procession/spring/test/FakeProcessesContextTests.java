package io.procession.spring.test;

import java.lang.reflect.Method;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.annotation.DirtiesContext.HierarchyMode;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.test.context.TestContext;
import org.springframework.test.context.TestContextManager;

import io.procession.ProcessManager;
import io.procession.engine.ProcessEngine;
import io.procession.execution.RunningProcess;
import io.procession.process.Signal;
import io.procession.security.CommandPolicy;
import io.procession.supervision.ProcessSupervisor;
import io.procession.test.FakeProcesses;
import io.procession.test.StrayProcessError;
import io.procession.test.spring.AutoConfigureFakeProcesses;
import io.procession.test.spring.FakeProcessesCustomizer;

import static io.procession.test.ProcessAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Tests for the contexts and listeners of small test classes that are run
 * programmatically.
 */
@Timeout(60)
class FakeProcessesContextTests {

	@Test
	void swallowedStrayFailsTestInContext() throws Exception {
		Run run = new Run(Plain.class);
		run.before();
		ProcessManager manager = run.bean(ProcessManager.class);
		assertThatExceptionOfType(StrayProcessError.class).isThrownBy(() -> manager.run("unknown"));

		assertThatExceptionOfType(StrayProcessError.class).isThrownBy(run::after).withMessageContaining("unknown");

		run.before();
		run.bean(FakeProcesses.class).stub("unknown");
		manager.run("unknown");
		run.after();
	}

	@Test
	void failedTestReportsItsOwnFailure() throws Exception {
		Run run = new Run(Plain.class);
		run.before();
		ProcessManager manager = run.bean(ProcessManager.class);
		assertThatExceptionOfType(StrayProcessError.class).isThrownBy(() -> manager.run("unknown"));

		assertThatNoException().isThrownBy(() -> run.afterFailure(new IllegalStateException("my reason")));

		assertThat(run.bean(FakeProcesses.class).strays()).isEmpty();
	}

	@Test
	void processesLeftByTestAreEnded() throws Exception {
		Run run = new Run(Plain.class);
		run.before();
		run.bean(FakeProcesses.class).stub("slow").hangs();
		RunningProcess process = run.bean(ProcessManager.class).start("slow");

		run.after();

		assertThat(process.isRunning()).isFalse();
		assertThat(run.bean(ProcessManager.class).running()).isEmpty();
	}

	@Test
	void worksWithoutAutoConfiguration() throws Exception {
		Run run = new Run(Slice.class);
		run.before();
		run.bean(FakeProcesses.class).stub("date").outputLines("today");

		assertThat(run.bean(ProcessManager.class).run("date")).hasOutput("today");
		assertThat(run.bean(ProcessSupervisor.class).programs()).isEmpty();
		run.after();
	}

	@Test
	void strayDuringStartupReportsWhereToAddStub() throws Exception {
		assertThatIllegalStateException().isThrownBy(() -> new Run(Unstubbed.class))
			.withRootCauseInstanceOf(StrayProcessError.class)
			.withStackTraceContaining("with Spring in a bean of type FakeProcessesCustomizer");
		Run swallowed = new Run(Swallowed.class);
		assertThatIllegalStateException().isThrownBy(swallowed::before)
			.withMessageContaining("FakeProcessesCustomizer")
			.withMessageContaining("unknown");
		swallowed.close();
	}

	@Test
	void userDefinedManagerMustUseEngine() throws Exception {
		Run run = new Run(OwnManager.class);
		assertThatIllegalStateException().isThrownBy(run::before)
			.withMessageContaining("'mine'")
			.withMessageContaining("ObjectProvider<ProcessEngine>");

		Run good = new Run(OwnManagerOverFakes.class);
		good.before();
		good.bean(FakeProcesses.class).stub("date");
		assertThat(good.bean(ProcessManager.class).run("date")).isSuccessful();
	}

	@Test
	void policyForMissingProgramsCanBeDisabled() throws Exception {
		assertThatIllegalStateException().isThrownBy(() -> new Run(Policy.class))
			.withStackTraceContaining("program 'no-such-program' not found in the PATH");

		Run run = new Run(PolicyLeftOut.class);
		run.before();
		run.bean(FakeProcesses.class).stub("no-such-program");
		assertThat(run.bean(ProcessManager.class).run("no-such-program")).isSuccessful();
		run.after();
	}

	@Test
	void closesWhenProgramIgnoresSignal() throws Exception {
		Run run = new Run(Stubborn.class);
		run.before();
		assertThat(run.bean(ProcessManager.class).running()).hasSize(1);
		run.after();
		List<Signal> signals = new ArrayList<>();
		FakeProcesses processes = run.bean(FakeProcesses.class);
		run.bean(ProcessManager.class).addListener((event) -> signals.add(Signal.TERM));
		assertThat(run.bean(ProcessManager.class).running()).hasSize(1);

		run.close();

		assertThat(processes.time().nanoTime()).isGreaterThan(Duration.ofSeconds(10).toNanos());
		assertThat(signals).isNotEmpty();
	}

	@Test
	void pausesAndResumesBetweenTestClasses() throws Exception {
		Run run = new Run(Stubborn.class);
		run.before();
		run.after();
		ConfigurableApplicationContext context = (ConfigurableApplicationContext) run.context().getApplicationContext();
		ProcessManager manager = run.bean(ProcessManager.class);
		FakeProcesses processes = run.bean(FakeProcesses.class);
		List<Instant> ticks = new CopyOnWriteArrayList<>();
		processes.time()
			.scheduler()
			.scheduleAtFixedRate(() -> ticks.add(processes.time().now()), 1, 1, TimeUnit.SECONDS);

		context.pause();
		assertThat(manager.running()).isEmpty();
		Instant paused = processes.time().now();
		int ticked = ticks.size();

		context.restart();
		run.before();
		assertThat(manager.running()).hasSize(1);
		processes.advance(Duration.ofSeconds(3));
		assertThat(ticks).hasSize(ticked + 3);
		assertThat(processes.time().now()).isEqualTo(paused.plusSeconds(3));
		run.after();
		run.close();
	}

	@Test
	void contextsAreIndependent() throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(2);
		try {
			List<Future<?>> runs = new ArrayList<>();
			for (Class<?> testClass : List.of(Plain.class, Stubborn.class)) {
				runs.add(threads.submit(() -> {
					for (int i = 0; i < 50; i++) {
						runOne(testClass, i);
					}
					return null;
				}));
			}
			for (Future<?> run : runs) {
				run.get(50, TimeUnit.SECONDS);
			}
		}
		finally {
			threads.shutdownNow();
		}
	}

	@Test
	void concurrentTestIsRefusedWithoutAffectingFirst() throws Exception {
		Run first = new Run(Plain.class);
		Run second = new Run(AlsoPlain.class);
		first.before();
		assertThat(second.bean(FakeProcesses.class)).isSameAs(first.bean(FakeProcesses.class));
		first.bean(FakeProcesses.class).stub("slow").hangs();
		RunningProcess process = first.bean(ProcessManager.class).start("slow");

		assertThatIllegalStateException().isThrownBy(second::before)
			.withMessageContaining("AlsoPlain.test' was started before")
			.withMessageContaining("Plain.test' ended")
			.withMessageContaining("@ResourceLock(\"fakes\")");
		second.after();

		assertThat(process.isRunning()).isTrue();
		assertThat(first.bean(FakeProcesses.class)).ran("slow");
		first.after();
		second.before();
		second.after();
	}

	private static void runOne(Class<?> testClass, int number) throws Exception {
		Run run = new Run(testClass);
		run.before();
		FakeProcesses processes = run.bean(FakeProcesses.class);
		ProcessManager manager = run.bean(ProcessManager.class);
		String mine = testClass.getSimpleName() + number;
		processes.stub("who").after(Duration.ofSeconds(number)).outputLines(mine);
		Duration before = Duration.ofNanos(processes.time().nanoTime());

		assertThat(manager.run("who")).hasOutput(mine);
		assertThat(processes).ranTimes(1, "who");
		assertThat(Duration.ofNanos(processes.time().nanoTime())).isEqualTo(before.plusSeconds(number));
		run.after();
	}

	@SpringBootTest(classes = { Application.class, Stubborn.Stubs.class },
			properties = "procession.programs.worker.command=work")
	@AutoConfigureFakeProcesses
	static class Stubborn {

		void test() {
		}

		@Configuration(proxyBeanMethods = false)
		static class Stubs {

			@Bean
			FakeProcessesCustomizer worker() {
				return (processes) -> processes.stub("work").ignores(Signal.TERM).hangs();
			}

		}

	}

	private static final class Run {

		private final TestContextManager manager;

		private final Object instance;

		private final Method method;

		private Run(Class<?> testClass) throws Exception {
			this.manager = new TestContextManager(testClass);
			this.instance = testClass.getDeclaredConstructor().newInstance();
			this.method = testClass.getDeclaredMethod("test");
			this.manager.prepareTestInstance(this.instance);
		}

		private void before() throws Exception {
			this.manager.beforeTestMethod(this.instance, this.method);
		}

		private void after() throws Exception {
			this.manager.afterTestMethod(this.instance, this.method, null);
		}

		private void afterFailure(Throwable failure) throws Exception {
			this.manager.afterTestMethod(this.instance, this.method, failure);
		}

		private <T> T bean(Class<T> type) {
			return context().getApplicationContext().getBean(type);
		}

		private TestContext context() {
			return this.manager.getTestContext();
		}

		private void close() {
			context().markApplicationContextDirty(HierarchyMode.EXHAUSTIVE);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

	@SpringBootTest(classes = Application.class)
	@AutoConfigureFakeProcesses
	static class Plain {

		void test() {
		}

	}

	@SpringBootTest(classes = Application.class)
	@AutoConfigureFakeProcesses
	static class AlsoPlain {

		void test() {
		}

	}

	@ContextConfiguration(classes = Slice.Nothing.class)
	@AutoConfigureFakeProcesses
	static class Slice {

		void test() {
		}

		@Configuration(proxyBeanMethods = false)
		static class Nothing {

		}

	}

	@SpringBootTest(classes = Application.class, properties = "procession.programs.worker.command=work")
	@AutoConfigureFakeProcesses
	static class Unstubbed {

		void test() {
		}

	}

	@SpringBootTest(classes = Application.class,
			properties = "procession.security.commands.allow[0].program=no-such-program")
	@AutoConfigureFakeProcesses
	static class Policy {

		void test() {
		}

	}

	@SpringBootTest(classes = { Application.class, PolicyLeftOut.Beans.class },
			properties = "procession.security.commands.allow[0].program=no-such-program")
	@AutoConfigureFakeProcesses
	static class PolicyLeftOut {

		void test() {
		}

		@Configuration(proxyBeanMethods = false)
		static class Beans {

			@Bean
			CommandPolicy everything() {
				return CommandPolicy.none();
			}

		}

	}

	@SpringBootTest(classes = { Application.class, Swallowed.Beans.class })
	@AutoConfigureFakeProcesses
	static class Swallowed {

		void test() {
		}

		@Configuration(proxyBeanMethods = false)
		static class Beans {

			@Bean
			ApplicationRunner runner(ProcessManager manager) {
				return (arguments) -> {
					try {
						manager.run("unknown");
					}
					catch (StrayProcessError ex) {
						// like code that catches everything
						return;
					}
				};
			}

		}

	}

	@SpringBootTest(classes = { Application.class, OwnManager.Beans.class })
	@AutoConfigureFakeProcesses
	static class OwnManager {

		void test() {
		}

		@Configuration(proxyBeanMethods = false)
		static class Beans {

			@Bean
			ProcessManager mine() {
				return ProcessManager.builder().shutdownHook(false).build();
			}

		}

	}

	@SpringBootTest(classes = { Application.class, OwnManagerOverFakes.Beans.class })
	@AutoConfigureFakeProcesses
	static class OwnManagerOverFakes {

		void test() {
		}

		@Configuration(proxyBeanMethods = false)
		static class Beans {

			@Bean
			ProcessManager mine(ObjectProvider<ProcessEngine> engines) {
				ProcessManager.Builder builder = ProcessManager.builder().shutdownHook(false);
				engines.ifUnique(builder::engine);
				return builder.build();
			}

		}

	}

}
