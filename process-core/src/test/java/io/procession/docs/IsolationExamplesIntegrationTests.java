package io.procession.docs;

import java.nio.file.Path;
import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

import io.procession.ProcessManager;
import io.procession.isolation.IoClass;
import io.procession.isolation.IsolationFeature;
import io.procession.isolation.IsolationSupport;
import io.procession.isolation.Priority;
import io.procession.isolation.ResourceLimits;
import io.procession.isolation.RunAs;
import io.procession.isolation.TreeLimits;
import io.procession.process.ProcessResult;
import io.procession.process.ProcessStartException;
import io.procession.testing.RealProcesses;
import io.procession.testing.RequiresProgram;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The examples of {@code docs/isolation.md}, run.
 */
@RealProcesses
@RequiresProgram({ "prlimit", "nice", "ionice", "setpriv", "setsid", "taskset", "choom" })
class IsolationExamplesIntegrationTests {

	@Test
	@EnabledIf(value = "io.procession.testing.CurrentUser#isRoot", disabledReason = "only root may switch users")
	void otherUser(ProcessManager processes) {
		// region other-user
		ProcessResult result = processes.command("id")
			.runAs(RunAs.user("nobody"))
			.noNewPrivileges()
			.directory(Path.of("/"))
			.run();
		// endregion
		assertThat(result.output()).contains("nobody");
	}

	@Test
	void limits(ProcessManager processes) {
		// region limits
		ResourceLimits limits = ResourceLimits.none()
			.withAddressSpace(2L << 30)
			.withOpenFiles(256)
			.withCpuTime(Duration.ofMinutes(1))
			.withCoreSize(0);

		ProcessResult result = processes.shell("ulimit -n").limits(limits).run();
		// endregion
		assertThat(result.output()).isEqualTo("256\n");
	}

	@Test
	void background(ProcessManager processes) {
		// region background
		processes.command("nice")
			.priority(Priority.ofNice(10).withIo(IoClass.IDLE))
			.cpuAffinity(0)
			.oomScoreAdjustment(500)
			.umask("0027")
			.newSession()
			.run();
		// endregion
		assertThat(processes.command("nice").priority(Priority.ofNice(10)).run().output()).isEqualTo("10\n");
	}

	@Test
	void support(ProcessManager processes) {
		String message = "";
		// region support
		IsolationSupport support = processes.isolation(); // or IsolationSupport.detect()
		if (support.isSupported(IsolationFeature.TREE_MEMORY)) {
			processes.command("true").treeLimits(TreeLimits.none().withMemory(512L << 20).withTasks(100)).run();
		}
		else {
			support.whyNot(IsolationFeature.TREE_MEMORY).ifPresent(System.out::println);
		}
		// endregion

		// region refused
		try {
			processes.command("true").runAs(RunAs.user("no-such-user")).run();
		}
		catch (ProcessStartException ex) {
			message = ex.getMessage(); // reason() is NO_SUCH_USER
		}
		// endregion
		assertThat(message).isEqualTo("Command 'true' could not be started: run-as: no such user 'no-such-user' on"
				+ " this machine: create it (useradd -r no-such-user), or use another one");
	}

}
