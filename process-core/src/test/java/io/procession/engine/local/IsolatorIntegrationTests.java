package io.procession.engine.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

import io.procession.engine.EnvironmentPlan;
import io.procession.engine.Launch;
import io.procession.isolation.Account;
import io.procession.isolation.IoClass;
import io.procession.isolation.Isolation;
import io.procession.isolation.IsolationPlan;
import io.procession.isolation.Priority;
import io.procession.isolation.ResourceLimits;
import io.procession.isolation.RunAs;
import io.procession.isolation.Scheduling;
import io.procession.process.Command;
import io.procession.process.ProcessSpec;
import io.procession.process.ProcessStartException;
import io.procession.testing.CurrentUser;
import io.procession.testing.RealProcesses;
import io.procession.testing.RequiresProgram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Tests for the detection of tools that fail silently.
 */
@RealProcesses
@RequiresProgram({ "setpriv", "nice", "ionice", "taskset" })
class IsolatorIntegrationTests {

	private final Isolator isolator = new Isolator(null);

	@Test
	void detectsThatNiceContinuedAfterError() throws IOException {
		assertFoundOut(Isolation.none().withPriority(Priority.ofNice(-5)), List.of("/usr/bin/nice", "-n", "-5"),
				" instead of -5");
	}

	@Test
	void detectsThatIoniceContinuedAfterError() throws IOException {
		// a class that does not exist
		assertFoundOut(Isolation.none().withPriority(Priority.none().withIo(IoClass.REALTIME)),
				List.of("/usr/bin/ionice", "-c", "1", "-t"), "instead of 'realtime: prio 4'");
	}

	@Test
	void detectsThatSetprivFailed() throws IOException {
		assertFoundOut(Isolation.none(), List.of("/usr/bin/setpriv", "--reuid=1", "--regid=1", "--clear-groups"),
				"setpriv: ");
	}

	@Test
	void detectsThatKernelDroppedCpu() throws IOException {
		assertFoundOut(Isolation.none().withCpuAffinity(0, 9_999), List.of("/usr/bin/taskset", "-c", "0"),
				"cpu-affinity is [0] instead of [0, 9999]");
	}

	@Test
	void detectsWrongUser() throws IOException {
		Account account = new Account(1, 1, Set.of(), "daemon", "/", "/bin/sh");

		assertThatExceptionOfType(ProcessStartException.class)
			.isThrownBy(() -> this.isolator.verify(launch(),
					new IsolationPlan(Isolation.none().withRunAs(RunAs.user("daemon")), unprivileged(), account, true)))
			.withMessageContaining("instead of 1 1 1 1");
	}

	@Test
	@EnabledIf(value = "io.procession.testing.CurrentUser#isRoot", disabledReason = "only root may switch users")
	void detectsRemainingGroupsOrPrivileges() {
		Account account = new Account(65534, 65534, Set.of(), "nobody", "/", "/bin/sh");
		List<String> tools = List.of("/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--groups=1",
				"--inh-caps=+kill", "--ambient-caps=+kill");

		assertThatExceptionOfType(ProcessStartException.class)
			.isThrownBy(() -> this.isolator.verify(launch(),
					new IsolationPlan(Isolation.none().withRunAs(RunAs.user("nobody").withSupplementaryGroups()), tools,
							account, true)))
			.withMessageContaining("the supplementary groups is [1] instead of []")
			.withMessageContaining("the capabilities is 32 instead of 0");
	}

	@Test
	void detectsThatNothingWasApplied() throws IOException {
		Isolation isolation = Isolation.none()
			.withNoNewPrivileges(true)
			.withNewSession(true)
			.withOomScoreAdjustment(543)
			.withLimits(ResourceLimits.none().withOpenFiles(43))
			.withPriority(Priority.none().withScheduling(Scheduling.BATCH));
		IsolationPlan plan = new IsolationPlan(isolation, List.of("/usr/bin/nice", "-n", "0"), null, false);

		assertThatExceptionOfType(ProcessStartException.class).isThrownBy(() -> this.isolator.verify(launch(), plan))
			.withMessageContaining("no-new-privileges is 0 instead of 1, ")
			.withMessageContaining("new-session is ")
			.withMessageContaining("priority.scheduling is 0 instead of 3, ")
			.withMessageContaining("oom-score-adjustment is ")
			.withMessageContaining(" instead of 543, limits.open-files is ")
			.withMessageEndingWith(" instead of 43");
	}

	@Test
	void acceptsCorrectIsolation() throws IOException {
		List<String> tools = new ArrayList<>(unprivileged());
		// the last there is, however nice this JVM is
		tools.addAll(List.of("/usr/bin/nice", "-n", "19"));

		assertThatNoException().isThrownBy(() -> this.isolator.verify(launch(),
				new IsolationPlan(Isolation.none().withPriority(Priority.ofNice(19)), tools, null, false)));
	}

	@Test
	void triesEachChainOnce(@TempDir Path location) throws IOException {
		Path journal = Files.createFile(location.resolve("journal"));
		for (String tried : List.of("a", "b", "a", "b")) {
			this.isolator.verify(launch(),
					new IsolationPlan(
							Isolation.none().withNoNewPrivileges(false), List.of("/bin/sh", "-c",
									"echo \"$1\" >> \"$0\"; shift; exec \"$@\"", journal.toString(), tried),
							null, false));
		}

		assertThat(journal).hasContent("a\nb\n");
	}

	@Test
	void readsOutputOfTrialWhileItRuns() {
		Isolator.Trial trial = Isolator.attempt(List.of("/bin/sh", "-c", "head -c 300000 /dev/zero; echo end"));

		assertThat(trial.exitCode()).isZero();
		assertThat(trial.output()).hasSize(300_004).endsWith("end\n");
	}

	@Test
	void limitsOutputOfTrial() {
		Isolator.Trial trial = Isolator.attempt(List.of("/bin/sh", "-c", "exec cat /dev/zero"));

		assertThat(trial.exitCode()).isEqualTo(-1);
		assertThat(trial.output()).isEqualTo("it wrote more than 1048576 bytes");
	}

	@Test
	void reportsDirectoryRemovedSinceCheck(@TempDir Path location) throws IOException {
		for (Isolation isolation : List.of(Isolation.none(), Isolation.none().withNewSession(true))) {
			Path directory = Files.createDirectory(location.resolve("gone"));
			Launch launch = new Launch("1",
					ProcessSpec.builder(Command.of("true")).directory(directory).isolation(isolation).build(), null,
					List.of("true"), directory, EnvironmentPlan.INHERITED, Launch.Input.none(), Launch.Output.discard(),
					Launch.Output.discard(), false, false, null, isolation);
			PreparedLaunch prepared = new PreparedLaunch(launch, Marker.create(null), this.isolator);
			prepared.check(false);
			Files.delete(directory);

			assertThatExceptionOfType(ProcessStartException.class).isThrownBy(() -> prepared.start(new JdkSpawner()))
				.withMessageContaining("its working directory '" + directory + "' does not exist")
				.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(ProcessStartException.Reason.NO_SUCH_DIRECTORY));
		}
	}

	private void assertFoundOut(Isolation isolation, List<String> failing, String message) throws IOException {
		List<String> tools = new ArrayList<>(unprivileged());
		tools.addAll(failing);

		assertThatExceptionOfType(ProcessStartException.class)
			.isThrownBy(() -> this.isolator.verify(launch(), new IsolationPlan(isolation, tools, null, false)))
			.withMessageContaining(message);
	}

	private static List<String> unprivileged() throws IOException {
		return CurrentUser.isRoot()
				? List.of("/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--bounding-set=-all")
				: List.of("/usr/bin/setpriv", "--no-new-privs");
	}

	private static Launch launch() {
		return new Launch("1", ProcessSpec.of(Command.of("true")), null, List.of("true"), null,
				EnvironmentPlan.INHERITED, Launch.Input.none(), Launch.Output.discard(), Launch.Output.discard(), false,
				false, null, Isolation.none());
	}

}
