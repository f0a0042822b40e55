package io.procession.test.spring;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionBuilder;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.annotation.SchedulingConfigurer;
import org.springframework.scheduling.concurrent.ConcurrentTaskScheduler;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.MergedContextConfiguration;

import io.procession.test.FakeProcesses;
import io.procession.test.ManualTime;

/**
 * {@link ContextCustomizer} that registers the fakes, and the beans that use their clock.
 * All instances are equal, so that contexts are cached as usual.
 */
final class FakeProcessesContextCustomizer implements ContextCustomizer {

	@Override
	public void customizeContext(ConfigurableApplicationContext context, MergedContextConfiguration configuration) {
		if (!(context.getBeanFactory() instanceof BeanDefinitionRegistry registry)) {
			throw new IllegalStateException("Fakes require a context that accepts bean definitions: " + context);
		}
		ListableBeanFactory beans = context.getBeanFactory();
		registry.registerBeanDefinition("fakeProcesses",
				BeanDefinitionBuilder.genericBeanDefinition(FakeProcesses.class, () -> processes(beans))
					.setPrimary(true)
					.getBeanDefinition());
		registry.registerBeanDefinition("fakeTaskScheduler", BeanDefinitionBuilder
			.genericBeanDefinition(TaskScheduler.class, () -> scheduler(beans.getBean(FakeProcesses.class).time()))
			.setPrimary(true)
			.getBeanDefinition());
		// otherwise Spring uses the machine's clock to determine the first execution
		registry.registerBeanDefinition("fakeSchedulingConfigurer",
				BeanDefinitionBuilder
					.genericBeanDefinition(SchedulingConfigurer.class,
							() -> (tasks) -> tasks
								.setTaskScheduler(beans.getBean("fakeTaskScheduler", TaskScheduler.class)))
					.getBeanDefinition());
		registerLifecycle(context, registry, "fakeProcessesStop", Integer.MAX_VALUE);
		registerLifecycle(context, registry, "fakeProcessesStart", Integer.MIN_VALUE);
	}

	private static void registerLifecycle(ConfigurableApplicationContext context, BeanDefinitionRegistry registry,
			String name, int phase) {
		registry.registerBeanDefinition(name,
				BeanDefinitionBuilder
					.genericBeanDefinition(FakeProcessesLifecycle.class,
							() -> new FakeProcessesLifecycle(context,
									context.getBeanFactory().getBean(FakeProcesses.class).time(), phase))
					.getBeanDefinition());
	}

	private static FakeProcesses processes(ListableBeanFactory beans) {
		FakeProcesses processes = FakeProcesses.create();
		return processes.stubAlways((stubs) -> beans.getBeanProvider(FakeProcessesCustomizer.class)
			.orderedStream()
			.forEach((customizer) -> customizer.customize(stubs)));
	}

	private static TaskScheduler scheduler(ManualTime time) {
		ConcurrentTaskScheduler scheduler = new ConcurrentTaskScheduler(time.executor(), time.scheduler());
		scheduler.setClock(time.clock());
		return scheduler;
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof FakeProcessesContextCustomizer;
	}

	@Override
	public int hashCode() {
		return FakeProcessesContextCustomizer.class.hashCode();
	}

}
