package io.procession.docs;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import io.procession.ProcessManager;
import io.procession.event.ProcessEvent;
import io.procession.event.ProcessListener;
import io.procession.event.ProcessStarting;
import io.procession.execution.PendingProcess;
import io.procession.execution.RunningProcess;
import io.procession.process.ProcessDeniedException;
import io.procession.process.Secret;
import io.procession.security.CommandPolicy;
import io.procession.security.EnvironmentPolicy;
import io.procession.security.Redactor;
import io.procession.testing.NoLeaks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The examples of {@code docs/security.md}, run.
 */
@ExtendWith(NoLeaks.class)
@Timeout(60)
class SecurityExamplesIntegrationTests {

	@Test
	void policy() {
		// region policy
		CommandPolicy policy = CommandPolicy.builder()
			.allow("df")
			.allow("sort", "-[nru]+", "-k\\d+")
			.deny("rm")
			.build();
		ProcessManager processes = ProcessManager.builder().commandPolicy(policy).build();
		// endregion
		try (processes) {
			// region denied
			try {
				processes.shell("df | sort").run();
			}
			catch (ProcessDeniedException ex) {
				System.out.println(ex.rule());
			}
			// endregion
			assertThat(processes.command("sort", "-n").input("2\n1\n").run().output()).isEqualTo("1\n2\n");
			assertThatExceptionOfType(ProcessDeniedException.class)
				.isThrownBy(() -> processes.command("sort", "--compress-program=sh").run());
		}
	}

	@Test
	void veto(ProcessManager processes) {
		// region veto
		processes.addListener(new ProcessListener() {

			@Override
			public void beforeStart(ProcessStarting event) {
				if (event.name().equals("backup") && !isNight()) {
					throw new IllegalStateException("backups are made at night");
				}
			}

			@Override
			public void onEvent(ProcessEvent event) {
				// called for all later events
			}

		});
		// endregion
		assertThatExceptionOfType(ProcessDeniedException.class)
			.isThrownBy(() -> processes.command("true").name("backup").run())
			.withMessageContaining("backups are made at night");
	}

	private static boolean isNight() {
		return false;
	}

	@Test
	void environment() {
		// region environment
		ProcessManager processes = ProcessManager.builder()
			.environmentPolicy(EnvironmentPolicy.allowlist(List.of("PATH", "LANG", "LC_*", "APP_*")))
			.build();
		// endregion
		try (processes) {
			assertThat(processes.command("env").run().outputLines())
				.allMatch((line) -> line.matches("(PATH|LANG|LC_.*|APP_.*|PROCESSION_.*)=.*"));
		}
	}

	@Test
	void redaction() {
		// region redaction
		ProcessManager processes = ProcessManager.builder()
			.redactor(Redactor.of(List.of("password", "token", "pin")))
			.build();

		PendingProcess pending = processes.command("app", "--password", "x", "--pin=1234", "https://me:y@example.org")
			.secretArg(Secret.of("z"))
			.secretEnv("LICENCE", Secret.reference("licence"));
		System.out.println(pending.command());
		// endregion
		assertThat(pending.command()).hasToString("app --password *** --pin=*** https://me:***@example.org ***");
		processes.close();
	}

	@Test
	void terminal(ProcessManager processes) throws Exception {
		// region terminal
		RunningProcess shell = processes.command("sh", "-i").env("PS1", "> ").pty(80, 24).start();

		shell.stdin().writeLine("stty size; exit");
		shell.resize(132, 50);

		System.out.println(shell.waitFor().output());
		// endregion
		assertThat(shell.waitFor().output()).containsPattern("24 80|50 132");
	}

}
