package io.procession.test;

import java.nio.file.Path;
import java.time.Duration;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.procession.ProcessManager;
import io.procession.process.Secret;

import static io.procession.test.ProcessAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

@Timeout(60)
class FakeProcessesAssertTests {

	private final FakeProcesses processes = FakeProcesses.create();

	private final ProcessManager manager = this.processes.manager();

	FakeProcessesAssertTests() {
		this.processes.stub("git *");
		this.processes.stub("make");
	}

	private void runThree() {
		this.manager.run("git", "pull", "origin main");
		this.manager.command("make").directory(Path.of("/srv/shop")).timeout(Duration.ofMinutes(5)).run();
		this.manager.run("git", "push");
	}

	@Test
	void inspectsCallsAndTheirResults() {
		this.processes.stub("import a").outputLines("done").errorOutputLines("careful").exitCode(3);
		this.processes.stub("import b").outputLines("done");
		this.manager.run("import", "a");
		this.manager.run("import", "b");

		assertThat(this.processes)
			.ran((call) -> call.exitCode().orElseThrow() == 3 && call.errorOutput().equals("careful\n"))
			.ranTimes(2, (call) -> call.output().equals("done\n"))
			.didNotRun((call) -> call.output().contains("wrong"));
		assertThatExceptionOfType(AssertionError.class)
			.isThrownBy(() -> assertThat(this.processes).ran((call) -> call.exitCode().orElseThrow() == 4))
			.withMessageContaining("the predicate")
			.withMessageContaining("import a");
		assertThatExceptionOfType(AssertionError.class)
			.isThrownBy(() -> assertThat(this.processes).ranTimes(1, (call) -> call.output().equals("done\n")))
			.withMessageContaining("to have run 1")
			.withMessageContaining("there were 2");
		assertThatExceptionOfType(AssertionError.class)
			.isThrownBy(() -> assertThat(this.processes).ranTimes(3, (call) -> call.output().equals("done\n")))
			.withMessageContaining("to have run 3")
			.withMessageContaining("there were 2");
		assertThatExceptionOfType(AssertionError.class)
			.isThrownBy(() -> assertThat(this.processes).didNotRun((call) -> call.exitCode().orElseThrow() == 3))
			.withMessageContaining("import b");
	}

	@Test
	void passesIfTrue() {
		assertThatNoException().isThrownBy(() -> assertThat(this.processes).ranNothing().didNotRun("git *"));
		runThree();

		assertThatNoException().isThrownBy(() -> assertThat(this.processes).ran("git pull *")
			.ran("git", "pull", "origin main")
			.ran("git pull 'origin main'")
			.ranTimes(2, "git *")
			.ranTimes(1, "git", "push")
			.ranTimes(0, "ls")
			.didNotRun("ls *")
			.didNotRun("git", "pull")
			.ranInOrder("git pull *", "make", "git push")
			.usedAllStubs()
			.ranSatisfying((spec) -> assertThat(spec.directory()).isEqualTo(Path.of("/srv/shop"))));
	}

	@Test
	void failsIfFalse() {
		runThree();

		assertFails(() -> assertThat(this.processes).ran("git pul *"), "to have run:\n  git pul *\n");
		assertFails(() -> assertThat(this.processes).ran("git", "pull", "origin", "main"),
				"to have run:\n  git pull origin main\n");
		assertFails(() -> assertThat(this.processes).ranTimes(3, "git *"), "3 times, but was 2");
		assertFails(() -> assertThat(this.processes).ranTimes(2, "git", "push"), "2 times, but was 1");
		assertFails(() -> assertThat(this.processes).didNotRun("make"), "not to have run:\n  make");
		assertFails(() -> assertThat(this.processes).didNotRun("git", "push"), "not to have run:\n  git push");
		assertFails(() -> assertThat(this.processes).ranNothing(), "to have run nothing");
		assertFails(() -> assertThat(this.processes).ranSatisfying((spec) -> assertThat(spec.tags()).contains("x")),
				"git pull origin main:");
	}

	@Test
	void treatsZeroAsCommand() {
		this.processes.stub("0");
		this.manager.run("0");
		this.manager.start("0").waitFor();

		assertThatNoException()
			.isThrownBy(() -> assertThat(this.processes).ranTimes(2, "0").ran("0").ranInOrder("0", "0"));
		assertFails(() -> assertThat(this.processes).didNotRun("0"), "not to have run:\n  0");
	}

	@Test
	void checksOrderOfAllCalls() {
		runThree();

		assertFails(() -> assertThat(this.processes).ranInOrder("make", "git *", "git *"), "at position 1.");
		assertFails(() -> assertThat(this.processes).ranInOrder("git *", "make"), "at position 3.");
		assertFails(() -> assertThat(this.processes).ranInOrder("git *", "make", "git *", "ls"), "at position 4.");
	}

	@Test
	void failureListsCallsAndClosestMatch() {
		runThree();

		assertFails(() -> assertThat(this.processes).ran("git", "pusch"), """
				Processes that were run:
				  git pull origin main
				  make
				  git push
				The closest match:
				  git push
				""");
	}

	@Test
	void failureReportsNoCallsAndStrays() {
		assertFails(() -> assertThat(this.processes).ran("make"), "No process was run.");
		assertThatExceptionOfType(StrayProcessError.class).isThrownBy(() -> this.manager.run("svn", "up"));

		assertFails(() -> assertThat(this.processes).ran("svn up"), "Rejected because no stub matched:\n  svn up");
	}

	@Test
	void failureShowsNoSecret() {
		this.processes.stub("login *");
		this.manager.command("login").secretArg(Secret.of("hunter2")).run();

		assertThatExceptionOfType(AssertionError.class)
			.isThrownBy(() -> assertThat(this.processes).ran("login hunter2"))
			.satisfies((error) -> assertThat(error.getMessage().replace("login hunter2", "")).contains("login ***")
				.doesNotContain("hunter2"));
	}

	@Test
	void reportsUnusedStubs() {
		this.manager.run("git", "push");

		assertFails(() -> assertThat(this.processes).usedAllStubs(), "but these stubs were not used:\n  \"make\"\n");
	}

	@Test
	void refusesNull() {
		assertFails(() -> assertThat((FakeProcesses) null).ran("x"), "Expecting actual not to be null");
	}

	private static void assertFails(ThrowingCallable assertion, String message) {
		assertThatExceptionOfType(AssertionError.class).isThrownBy(assertion).withMessageContaining(message);
	}

}
