package io.procession.spring.supervision;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

import io.procession.isolation.IoClass;
import io.procession.isolation.Priority;
import io.procession.isolation.ResourceLimits;
import io.procession.isolation.RunAs;
import io.procession.isolation.Scheduling;
import io.procession.isolation.TreeLimits;
import io.procession.process.Command;
import io.procession.process.ProcessSpec;
import io.procession.process.Signal;
import io.procession.spring.IsolationProperties.Limits;
import io.procession.spring.IsolationProperties.Ranks;
import io.procession.spring.IsolationProperties.User;
import io.procession.spring.SettingException;
import io.procession.spring.Switch;
import io.procession.spring.supervision.SupervisionProperties.ProgramProperties;
import io.procession.spring.supervision.SupervisionProperties.Restart;
import io.procession.supervision.Program;
import io.procession.supervision.RestartPolicy;
import io.procession.supervision.RestartPolicy.When;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class ProgramFactoryTests {

	private static final Restart DEFAULT_RESTART = new Restart(When.ON_FAILURE, Duration.ofSeconds(1));

	private static final User NO_USER = new User(null, null, null);

	private static final Limits NO_LIMITS = new Limits(null, null, null, null, null, null, null, null, null);

	private static final Ranks NO_RANKS = new Ranks(null, null, null, null);

	private static final Limits LIMITS = new Limits(DataSize.ofGigabytes(1), 64L, 100L, Duration.ofMinutes(1),
			DataSize.ofMegabytes(1), DataSize.ofBytes(0), DataSize.ofMegabytes(512), 1.5, 20L);

	@Test
	void setsNothingBeyondConfiguration() {
		Program program = ProgramFactory.create("worker", properties("php artisan"));

		assertThat(program).isEqualTo(Program.builder("worker", ProcessSpec.of(Command.of("php", "artisan"))).build());
	}

	@Test
	void appliesWholeConfiguration() {
		Program program = ProgramFactory.create("worker", new ProgramProperties(List.of("php", "artisan"),
				"relative/folder", Map.of("MODE", "full"), false, new Restart(When.ALWAYS, Duration.ofSeconds(5)),
				Signal.INT, Duration.ofSeconds(30), new User("app", "www", List.of("log")), LIMITS,
				new Ranks(5, IoClass.BEST_EFFORT, 6, Scheduling.BATCH), List.of(0, 1), 300, "0027", true, true));

		assertThat(program).isEqualTo(Program
			.builder("worker",
					ProcessSpec.builder(Command.of("php", "artisan"))
						.directory(Path.of("relative/folder"))
						.env("MODE", "full")
						.stopSignal(Signal.INT)
						.stopGrace(Duration.ofSeconds(30))
						.runAs(RunAs.user("app").withGroup("www").withSupplementaryGroups("log"))
						.limits(ResourceLimits.none()
							.withAddressSpace(1 << 30)
							.withOpenFiles(64)
							.withProcesses(100)
							.withCpuTime(Duration.ofMinutes(1))
							.withFileSize(1 << 20)
							.withCoreSize(0))
						.treeLimits(TreeLimits.none().withMemory(512 << 20).withCpus(1.5).withTasks(20))
						.priority(Priority.ofNice(5).withIo(IoClass.BEST_EFFORT, 6).withScheduling(Scheduling.BATCH))
						.cpuAffinity(0, 1)
						.oomScoreAdjustment(300)
						.umask("0027")
						.noNewPrivileges()
						.build())
			.autostart(false)
			.restart(RestartPolicy.always().withDelay(Duration.ofSeconds(5)))
			.leaveBehind(true)
			.build());
	}

	@Test
	void splitsSingleElementByQuotingAndPreservesSeveral() {
		assertThat(command("sh -c 'echo hello'")).isEqualTo(Command.of("sh", "-c", "echo hello"));
		assertThat(command("sh", "-c", "echo 'hello'")).isEqualTo(Command.of("sh", "-c", "echo 'hello'"));
	}

	@Test
	void reportsInvalidProperty() {
		assertRefused("procession.programs.worker.command", properties(), "missing");
		assertRefused("procession.programs.worker.command", properties(" "), "missing");
		assertRefused("procession.programs.worker.command", properties("echo 'open"), "position 5");
		assertRefused("procession.programs.worker.command", properties("", "argument"), "must not be empty");
		assertRefused(
				"procession.programs.worker.directory", new ProgramProperties(List.of("true"), "a\0b", Map.of(), true,
						DEFAULT_RESTART, null, null, NO_USER, NO_LIMITS, NO_RANKS, List.of(), null, null, null, false),
				"a");
		assertRefused("procession.programs.worker.environment",
				new ProgramProperties(List.of("true"), null, Map.of("A=B", "c"), true, DEFAULT_RESTART, null, null,
						NO_USER, NO_LIMITS, NO_RANKS, List.of(), null, null, null, false),
				"'A=B'");
		assertRefused("procession.programs.worker.restart.delay",
				new ProgramProperties(List.of("true"), null, Map.of(), true,
						new Restart(When.ALWAYS, Duration.ofSeconds(-1)), null, null, NO_USER, NO_LIMITS, NO_RANKS,
						List.of(), null, null, null, false),
				"PT-1S");
		assertRefused("procession.programs.worker.stop-signal",
				new ProgramProperties(List.of("true"), null, Map.of(), true, DEFAULT_RESTART, Signal.STOP, null,
						NO_USER, NO_LIMITS, NO_RANKS, List.of(), null, null, null, false),
				"STOP");
		assertRefused("procession.programs.worker.stop-grace",
				new ProgramProperties(List.of("true"), null, Map.of(), true, DEFAULT_RESTART, null,
						Duration.ofSeconds(-1), NO_USER, NO_LIMITS, NO_RANKS, List.of(), null, null, null, false),
				"stopGrace");
		assertThatExceptionOfType(SettingException.class)
			.isThrownBy(() -> ProgramFactory.create("4711", properties("true")))
			.satisfies((ex) -> assertThat(ex.property()).isEqualTo("procession.programs.4711"));
	}

	@Test
	void reportsInvalidIsolationProperty() {
		assertRefused("procession.programs.worker.run-as",
				isolated(new User(null, "www", null), NO_LIMITS, NO_RANKS, List.of(), null, null), "run-as.user");
		assertRefused("procession.programs.worker.limits", isolated(NO_USER,
				new Limits(null, 0L, null, null, null, null, null, null, null), NO_RANKS, List.of(), null, null),
				"limits.open-files must be at least 1");
		assertRefused("procession.programs.worker.cpu-affinity",
				isolated(NO_USER, NO_LIMITS, NO_RANKS, List.of(-1), null, null), "cpu-affinity");
		assertRefused("procession.programs.worker.priority",
				isolated(NO_USER, NO_LIMITS, new Ranks(20, null, null, null), List.of(), null, null), "priority.nice");
		assertRefused("procession.programs.worker.oom-score-adjustment",
				isolated(NO_USER, NO_LIMITS, NO_RANKS, List.of(), 1001, null), "1001");
		// the value of an unquoted 0027 in YAML
		assertRefused("procession.programs.worker.umask", isolated(NO_USER, NO_LIMITS, NO_RANKS, List.of(), null, "23"),
				"in quotes");
	}

	private static ProgramProperties isolated(User user, Limits limits, Ranks ranks, List<Integer> cpus,
			@Nullable Integer oom, @Nullable String umask) {
		return new ProgramProperties(List.of("true"), null, Map.of(), true, DEFAULT_RESTART, null, null, user, limits,
				ranks, cpus, oom, umask, null, false);
	}

	@Test
	void showsNeitherCommandNorEnvironment() {
		ProgramProperties properties = new ProgramProperties(List.of("mysql", "-phunter2"), null,
				Map.of("PASSWORD", "hunter2"), true, DEFAULT_RESTART, null, null, NO_USER, NO_LIMITS, NO_RANKS,
				List.of(), null, null, null, false);

		assertThat(properties.toString()).contains("PASSWORD").doesNotContain("hunter2");
		assertThat(new SupervisionProperties(Map.of("db", properties), new Switch(true)).toString())
			.doesNotContain("hunter2");
	}

	private static void assertRefused(String property, ProgramProperties properties, String reason) {
		assertThatExceptionOfType(SettingException.class).isThrownBy(() -> ProgramFactory.create("worker", properties))
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
		return new ProgramProperties(List.of(command), null, Map.of(), true, DEFAULT_RESTART, null, null, NO_USER,
				NO_LIMITS, NO_RANKS, List.of(), null, null, null, false);
	}

}
