package io.procession.test;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import io.procession.ProcessManager;
import io.procession.execution.RunningProcess;
import io.procession.process.Command;
import io.procession.process.ProcessFailedException;
import io.procession.process.ProcessSpec;
import io.procession.process.ProcessStartException.Reason;
import io.procession.process.ProcessTimedOutException;
import io.procession.process.Signal;
import io.procession.supervision.ProcessSupervisor;
import io.procession.supervision.Program;
import io.procession.supervision.ProgramState;
import io.procession.supervision.RestartPolicy;
import io.procession.test.junit.FakeProcessesExtension;

import static io.procession.test.ProcessAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The examples of the documentation.
 */
@ExtendWith(FakeProcessesExtension.class)
@Timeout(60)
class TestingExamplesTests {

	// region first
	@Test
	void pullsBranch() {
		FakeProcesses processes = FakeProcesses.create();
		processes.stub("git pull *").outputLines("Already up to date.");

		new Deployment(processes.manager()).deploy("main");

		assertThat(processes).ran("git", "pull", "origin", "main");
	}
	// endregion

	// region extension
	@Test
	void reportsFailure(FakeProcesses processes, ProcessManager manager) {
		processes.stub("git *").errorOutputLines("fatal: no such branch").exitCode(128);

		assertThatExceptionOfType(ProcessFailedException.class)
			.isThrownBy(() -> new Deployment(manager).deploy("no-such-branch"))
			.withMessageContaining("no such branch");
	}
	// endregion

	@Test
	void stubs(FakeProcesses processes, ProcessManager manager) {
		// region stubs
		// a pattern of the whole command line; * is any text
		processes.stub("git pull *").outputLines("one", "two");
		// several texts are the exact arguments; here * is a star
		processes.stub("echo", "*").output("a star\n");
		// a predicate of the spec
		processes.stub((spec) -> Path.of("/srv").equals(spec.directory())).exitCode(2);
		// the script of a shell command
		processes.stub("make && make install").exitCode(1);

		processes.stub("crash").killedBy(Signal.SEGV);
		processes.stub("missing").failsToStart(Reason.NOT_FOUND);
		// the first two executions fail, all others succeed
		processes.stub("fetch").exitCode(1).then().exitCode(1).otherwise().outputLines("fetched");
		// a function of the call, including its input
		processes.stub("upper").repliesWith((call) -> call.input().toUpperCase(Locale.ROOT));
		// everything else succeeds without output
		processes.stub("*");
		// endregion

		assertThat(manager.run("git", "pull", "origin")).hasOutput("one\ntwo");
		assertThat(manager.run("echo", "*")).hasOutput("a star");
		assertThat(manager.command("ls").directory(Path.of("/srv")).run()).hasExitCode(2);
		assertThat(manager.shell("make && make install").run()).hasExitCode(1);
		assertThat(manager.run("crash")).wasSignaledBy(Signal.SEGV);
		assertThat(List.of(manager.run("fetch").exitCode(), manager.run("fetch").exitCode(),
				manager.run("fetch").exitCode()))
			.containsExactly(1, 1, 0);
		assertThat(manager.command("upper").input("a").run()).hasOutput("A");
		assertThat(manager.run("ls")).isSuccessful();
	}

	@Test
	void lives(FakeProcesses processes, ProcessManager manager) throws IOException {
		// region lives
		processes.stub("import *")
			.outputLines("reading")
			.after(Duration.ofSeconds(3))
			.errorOutputLines("disk full")
			.exitCode(1);
		processes.stub("stubborn").ignores(Signal.TERM).hangs();
		processes.stub("polite").exitsOn(Signal.TERM, 0).hangs();
		processes.stub("leak").memory(100_000_000, 1_000_000).hangs();
		processes.stub("bc").repliesToLines((line) -> line + " is hard");
		// endregion

		// region talk
		RunningProcess bc = manager.start("bc");
		bc.stdin().writeLine("1+1");
		assertThat(bc.latestOutput()).isEqualTo("1+1 is hard\n");
		bc.stdin().close();
		assertThat(bc.waitFor()).isSuccessful();
		// endregion
		assertThat(manager.run("import", "all")).hasExitCode(1);
		RunningProcess polite = manager.start("polite");
		polite.stop();
		assertThat(polite.waitFor()).hasExitCode(0);
	}

	@Test
	void time(FakeProcesses processes, ProcessManager manager) {
		// region time
		processes.stub("slow").outputLines("begun").after(Duration.ofHours(2)).outputLines("done");

		RunningProcess process = manager.start("slow");
		processes.advance(Duration.ofHours(1));
		assertThat(process.isRunning()).isTrue();
		assertThat(process.output()).isEqualTo("begun\n");

		// waiting moves the clock as well, by another hour
		assertThat(process.waitFor()).hasOutput("begun\ndone");

		assertThatExceptionOfType(ProcessTimedOutException.class)
			.isThrownBy(() -> manager.command("slow").timeout(Duration.ofMinutes(5)).run())
			.satisfies((ex) -> assertThat(ex.result().orElseThrow()).timedOut().hasOutput("begun"));
		// endregion
	}

	@Test
	void supervision(FakeProcesses processes, ProcessManager manager) {
		// region supervision
		processes.stub("worker").after(Duration.ofSeconds(3)).exitCode(1);
		ProcessSupervisor supervisor = ProcessSupervisor.create(manager.launcher());
		supervisor.add(Program.builder("worker", ProcessSpec.of(Command.of("worker")))
			.restart(RestartPolicy.onFailure().withDelay(Duration.ofHours(1)))
			.build());
		supervisor.start();

		processes.advance(Duration.ofSeconds(3));
		assertThat(supervisor.find("worker").orElseThrow().state()).isEqualTo(ProgramState.BACKOFF);

		processes.advance(Duration.ofHours(1));
		assertThat(supervisor.find("worker").orElseThrow().state()).isEqualTo(ProgramState.RUNNING);
		assertThat(processes).ranTimes(2, "worker");
		// endregion
		supervisor.close();
	}

	@Test
	void assertions(FakeProcesses processes, ProcessManager manager) {
		processes.stub("git *");
		processes.stub("make");
		manager.command("git", "pull", "origin", "main").directory(Path.of("/srv/shop")).run();
		manager.run("make");
		manager.run("git", "push");

		// region assertions
		assertThat(processes).ran("git", "pull", "origin", "main")
			.ran("git p*")
			.ranTimes(2, "git *")
			.didNotRun("rm *")
			.ranInOrder("git pull *", "make", "git push")
			.ranSatisfying((spec) -> assertThat(spec.directory()).isEqualTo(Path.of("/srv/shop")))
			.usedAllStubs();
		// endregion
	}

	/**
	 * Code under test in the examples.
	 *
	 * @param processes runs git
	 */
	private record Deployment(ProcessManager processes) {

		void deploy(String branch) {
			this.processes.run("git", "pull", "origin", branch).throwIfFailed();
		}

	}

}
