package io.procession.spring.supervision;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.core.env.MapPropertySource;

import io.procession.ProcessManager;
import io.procession.process.Command;
import io.procession.process.ProcessSpec;
import io.procession.spring.IsolationProperties.Limits;
import io.procession.spring.IsolationProperties.Ranks;
import io.procession.spring.IsolationProperties.User;
import io.procession.spring.ProcessAutoConfiguration;
import io.procession.spring.SettingException;
import io.procession.spring.supervision.SupervisionProperties.ProgramProperties;
import io.procession.spring.supervision.SupervisionProperties.Restart;
import io.procession.supervision.ProcessSupervisor;
import io.procession.supervision.Program;
import io.procession.supervision.ProgramState;
import io.procession.supervision.ProgramStatus;
import io.procession.supervision.RestartPolicy;

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
	void addsProgramsFromPropertiesAndBeans() {
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
					() -> ProcessSupervisor.create(ProcessManager.builder().shutdownHook(false).build().launcher()))
			.withPropertyValues("procession.programs.worker.command=sleep 300")
			.run((context) -> {
				assertThat(context).hasSingleBean(ProcessSupervisor.class)
					.hasBean("mine")
					.hasSingleBean(SupervisorLifecycle.class);
				assertThat(context.getBean(ProcessSupervisor.class).programs()).isEmpty();
			});
	}

	@Test
	void isDisabledByProperty() {
		this.contextRunner
			.withPropertyValues("procession.supervision.enabled=false", "procession.programs.worker.command=sleep 300")
			.run((context) -> assertThat(context).hasSingleBean(ProcessManager.class)
				.doesNotHaveBean(ProcessSupervisor.class)
				.doesNotHaveBean(SupervisorLifecycle.class)
				.doesNotHaveBean(SupervisionProperties.class));
	}

	@Test
	void isDisabledWithAutoConfiguration() {
		this.contextRunner.withPropertyValues("procession.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(ProcessSupervisor.class));
	}

	@Test
	void acceptsCommandAsValue() {
		// with a user-defined supervisor, nothing is started
		this.contextRunner
			.withBean("mine", ProcessSupervisor.class,
					() -> ProcessSupervisor.create(ProcessManager.builder().shutdownHook(false).build().launcher()))
			.withPropertyValues("procession.programs.worker=sleep 300")
			.run((context) -> assertThat(properties(context)).isEqualTo(new ProgramProperties(List.of("sleep 300"),
					null, Map.of(), true, new Restart(RestartPolicy.When.ON_FAILURE, Duration.ofSeconds(1)), null, null,
					new User(null, null, null), new Limits(null, null, null, null, null, null, null, null, null),
					new Ranks(null, null, null, null), List.of(), null, null, null, false)));
	}

	@ParameterizedTest
	@CsvSource({ "always,ALWAYS", "on-failure,ON_FAILURE", "never,NEVER", "no,NEVER", "false,NEVER" })
	void acceptsRestartPolicyAsValue(String written, RestartPolicy.When policy) {
		worker("restart", written).run((context) -> assertThat(properties(context).restart())
			.isEqualTo(new Restart(policy, Duration.ofSeconds(1))));
	}

	@ParameterizedTest
	@ValueSource(strings = { "nobody", "65534" })
	void acceptsUserAsValue(String user) {
		worker("run-as", user)
			.run((context) -> assertThat(properties(context).runAs()).isEqualTo(new User(user, null, null)));
	}

	@Test
	void acceptsNiceValueAsValue() {
		worker("priority", "10")
			.run((context) -> assertThat(properties(context).priority()).isEqualTo(new Ranks(10, null, null, null)));
	}

	@Test
	void acceptsNumbersAndBooleansInYaml() {
		worker("autostart", "false")
			.withInitializer((context) -> context.getEnvironment()
				.getPropertySources()
				.addFirst(new MapPropertySource("yaml", Map.of("procession.programs.worker.priority", 10,
						"procession.programs.worker.run-as", 65534, "procession.programs.worker.restart", false))))
			.run((context) -> {
				assertThat(properties(context).priority().nice()).isEqualTo(10);
				assertThat(properties(context).runAs().user()).isEqualTo("65534");
				assertThat(properties(context).restart().policy()).isEqualTo(RestartPolicy.When.NEVER);
			});
	}

	@Test
	void ignoresEmptySection() {
		worker("limits", "").withPropertyValues("procession.programs.worker.restart=")
			.run((context) -> assertThat(properties(context).restart().policy())
				.isEqualTo(RestartPolicy.When.ON_FAILURE));
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
	void refusesProgramNamedLikeBean() {
		this.contextRunner.withBean(Program.class, SupervisionAutoConfigurationTests::program)
			.withPropertyValues("procession.programs.mine.command=sleep 300")
			.run((context) -> {
				assertThat(context).hasFailed();
				assertThat(context.getStartupFailure()).rootCause()
					.isInstanceOf(SettingException.class)
					.hasMessageContaining("procession.programs.mine");
			});
	}

	@Test
	void startsBeforeWebServerAndStopsAfterIt() {
		this.contextRunner.run((context) -> {
			int phase = context.getBean(SupervisorLifecycle.class).getPhase();

			// org.springframework.boot.web.server.context.WebServerGracefulShutdownLifecycle,
			// WebServerStartStopLifecycle
			assertThat(phase).isLessThan(Integer.MAX_VALUE - 1024).isLessThan(Integer.MAX_VALUE - 2048);
		});
	}

	private ApplicationContextRunner worker(String setting, String value) {
		return this.contextRunner.withPropertyValues("procession.programs.worker.command=sleep 300",
				"procession.programs.worker.autostart=false", "procession.programs.worker." + setting + "=" + value);
	}

	private static ProgramProperties properties(ApplicationContext context) {
		return context.getBean(SupervisionProperties.class).programs().get("worker");
	}

	private static Program program() {
		return Program.builder("mine", ProcessSpec.of(Command.of("sleep", "300"))).autostart(false).build();
	}

}
