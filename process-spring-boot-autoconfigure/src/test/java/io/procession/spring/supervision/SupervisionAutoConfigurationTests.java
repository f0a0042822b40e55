package io.procession.spring.supervision;

import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.procession.ProcessManager;
import io.procession.process.Command;
import io.procession.process.ProcessSpec;
import io.procession.spring.ProcessAutoConfiguration;
import io.procession.supervision.ProcessSupervisor;
import io.procession.supervision.Program;
import io.procession.supervision.ProgramState;
import io.procession.supervision.ProgramStatus;

import static org.assertj.core.api.Assertions.assertThat;

class SupervisionAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ProcessAutoConfiguration.class, SupervisionAutoConfiguration.class));

	@Test
	void providesSupervisorWithoutPrograms() {
		this.contextRunner.run((context) -> {
			assertThat(context).hasSingleBean(ProcessSupervisor.class).hasSingleBean(SupervisorLifecycle.class);
			assertThat(context.getBean(ProcessSupervisor.class).programs()).isEmpty();
		});
	}

	@Test
	void takesProgramsFromPropertiesAndBeans() {
		this.contextRunner.withBean("mine", Program.class, SupervisionAutoConfigurationTests::program)
			.withPropertyValues("procession.programs.worker.command=sleep 300",
					"procession.programs.worker.autostart=false")
			.run((context) -> {
				ProcessSupervisor supervisor = context.getBean(ProcessSupervisor.class);

				assertThat(supervisor.programs()).extracting(ProgramStatus::name).containsExactly("mine", "worker");
				assertThat(supervisor.programs()).extracting(ProgramStatus::state).containsOnly(ProgramState.STOPPED);
			});
	}

	@Test
	void backsOffWhenUserDefinesSupervisor() {
		this.contextRunner
			.withBean("mine", ProcessSupervisor.class,
					() -> ProcessSupervisor.create(ProcessManager.builder().shutdownHook(false).build()))
			.withPropertyValues("procession.programs.worker.command=sleep 300")
			.run((context) -> {
				assertThat(context).hasSingleBean(ProcessSupervisor.class)
					.hasBean("mine")
					.hasSingleBean(SupervisorLifecycle.class);
				assertThat(context.getBean(ProcessSupervisor.class).programs()).isEmpty();
			});
	}

	@Test
	void isSwitchedOffByProperty() {
		this.contextRunner
			.withPropertyValues("procession.supervision.enabled=false", "procession.programs.worker.command=sleep 300")
			.run((context) -> assertThat(context).hasSingleBean(ProcessManager.class)
				.doesNotHaveBean(ProcessSupervisor.class)
				.doesNotHaveBean(SupervisorLifecycle.class)
				.doesNotHaveBean(SupervisionProperties.class));
	}

	@Test
	void isSwitchedOffWithEverything() {
		this.contextRunner.withPropertyValues("procession.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(ProcessSupervisor.class));
	}

	@Test
	void refusesProgramThatCanNeverRun() {
		this.contextRunner.withPropertyValues("procession.programs.worker.command=echo 'open").run((context) -> {
			assertThat(context).hasFailed();
			assertThat(context.getStartupFailure()).rootCause()
				.hasMessageContaining("position 5")
				.isInstanceOf(IllegalArgumentException.class);
		});
	}

	@Test
	void refusesProgramOfTheNameOfBean() {
		this.contextRunner.withBean(Program.class, SupervisionAutoConfigurationTests::program)
			.withPropertyValues("procession.programs.mine.command=sleep 300")
			.run((context) -> {
				assertThat(context).hasFailed();
				assertThat(context.getStartupFailure()).rootCause()
					.isInstanceOf(ProgramConfigurationException.class)
					.hasMessageContaining("procession.programs.mine");
			});
	}

	@Test
	void stopsAfterTheWebServerAndStartsBeforeIt() {
		this.contextRunner.run((context) -> {
			int phase = context.getBean(SupervisorLifecycle.class).getPhase();

			// org.springframework.boot.web.server.context.WebServerGracefulShutdownLifecycle,
			// WebServerStartStopLifecycle
			assertThat(phase).isLessThan(Integer.MAX_VALUE - 1024).isLessThan(Integer.MAX_VALUE - 2048);
		});
	}

	private static Program program() {
		return Program.builder("mine", ProcessSpec.of(Command.of("sleep", "300"))).autostart(false).build();
	}

}
