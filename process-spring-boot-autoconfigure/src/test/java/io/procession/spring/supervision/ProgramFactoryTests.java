package io.procession.spring.supervision;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import io.procession.process.Command;
import io.procession.process.ProcessSpec;
import io.procession.process.Signal;
import io.procession.spring.supervision.SupervisionProperties.ProgramProperties;
import io.procession.spring.supervision.SupervisionProperties.Restart;
import io.procession.supervision.Program;
import io.procession.supervision.RestartPolicy;
import io.procession.supervision.RestartPolicy.When;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class ProgramFactoryTests {

	private static final Restart DEFAULT_RESTART = new Restart(When.ON_FAILURE, Duration.ofSeconds(1));

	@Test
	void saysNothingThatTheConfigurationDoesNotSay() {
		Program program = ProgramFactory.create("worker", properties("php artisan"));

		assertThat(program).isEqualTo(Program.builder("worker", ProcessSpec.of(Command.of("php", "artisan"))).build());
	}

	@Test
	void saysAllThatTheConfigurationSays() {
		Program program = ProgramFactory.create("worker",
				new ProgramProperties(List.of("php", "artisan"), "relative/folder", Map.of("MODE", "full"), false,
						new Restart(When.ALWAYS, Duration.ofSeconds(5)), Signal.INT, Duration.ofSeconds(30)));

		assertThat(program).isEqualTo(Program
			.builder("worker",
					ProcessSpec.builder(Command.of("php", "artisan"))
						.directory(Path.of("relative/folder"))
						.env("MODE", "full")
						.stopSignal(Signal.INT)
						.stopGrace(Duration.ofSeconds(30))
						.build())
			.autostart(false)
			.restart(RestartPolicy.always().withDelay(Duration.ofSeconds(5)))
			.build());
	}

	@Test
	void splitsOneElementByQuotingAndTakesSeveralAsTheyAre() {
		assertThat(command("sh -c 'echo hello'")).isEqualTo(Command.of("sh", "-c", "echo hello"));
		assertThat(command("sh", "-c", "echo 'hello'")).isEqualTo(Command.of("sh", "-c", "echo 'hello'"));
	}

	@Test
	void namesPropertyThatCanNeverWork() {
		assertRefused("procession.programs.worker.command", properties(), "missing");
		assertRefused("procession.programs.worker.command", properties(" "), "missing");
		assertRefused("procession.programs.worker.command", properties("echo 'open"), "position 5");
		assertRefused("procession.programs.worker.command", properties("", "argument"), "must not be empty");
		assertRefused("procession.programs.worker.directory",
				new ProgramProperties(List.of("true"), "a\0b", Map.of(), true, DEFAULT_RESTART, null, null), "a");
		assertRefused("procession.programs.worker.environment",
				new ProgramProperties(List.of("true"), null, Map.of("A=B", "c"), true, DEFAULT_RESTART, null, null),
				"'A=B'");
		assertRefused("procession.programs.worker.restart.delay", new ProgramProperties(List.of("true"), null, Map.of(),
				true, new Restart(When.ALWAYS, Duration.ofSeconds(-1)), null, null), "PT-1S");
		assertRefused("procession.programs.worker.stop-signal",
				new ProgramProperties(List.of("true"), null, Map.of(), true, DEFAULT_RESTART, Signal.STOP, null),
				"STOP");
		assertRefused("procession.programs.worker.stop-grace", new ProgramProperties(List.of("true"), null, Map.of(),
				true, DEFAULT_RESTART, null, Duration.ofSeconds(-1)), "stopGrace");
		assertThatExceptionOfType(ProgramConfigurationException.class)
			.isThrownBy(() -> ProgramFactory.create("4711", properties("true")))
			.satisfies((ex) -> assertThat(ex.property()).isEqualTo("procession.programs.4711"));
	}

	@Test
	void showsNeitherCommandNorEnvironment() {
		ProgramProperties properties = new ProgramProperties(List.of("mysql", "-phunter2"), null,
				Map.of("PASSWORD", "hunter2"), true, DEFAULT_RESTART, null, null);

		assertThat(properties.toString()).contains("PASSWORD").doesNotContain("hunter2");
		assertThat(new SupervisionProperties(Map.of("db", properties)).toString()).doesNotContain("hunter2");
	}

	private static void assertRefused(String property, ProgramProperties properties, String reason) {
		assertThatExceptionOfType(ProgramConfigurationException.class)
			.isThrownBy(() -> ProgramFactory.create("worker", properties))
			.satisfies((ex) -> {
				assertThat(ex.property()).isEqualTo(property);
				assertThat(ex.reason()).contains(reason);
				assertThat(ex.action()).contains(property);
			});
	}

	private static Command command(String... command) {
		return ProgramFactory.create("worker", properties(command)).spec().command();
	}

	private static ProgramProperties properties(String... command) {
		return new ProgramProperties(List.of(command), null, Map.of(), true, DEFAULT_RESTART, null, null);
	}

}
