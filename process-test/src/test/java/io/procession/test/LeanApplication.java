package io.procession.test;

import java.time.Duration;

import io.procession.ProcessManager;

import static io.procession.test.ProcessAssertions.assertThat;

/**
 * Uses fakes without JUnit and Spring.
 */
final class LeanApplication {

	private LeanApplication() {
	}

	public static void main(String[] args) {
		for (String absent : args) {
			try {
				Class.forName(absent);
				throw new IllegalStateException(absent + " is there");
			}
			catch (ClassNotFoundException ex) {
				continue;
			}
		}
		FakeProcesses processes = FakeProcesses.create();
		ProcessManager manager = processes.manager();
		processes.stub("git pull").after(Duration.ofSeconds(3)).outputLines("done");
		assertThat(manager.run("git", "pull")).isSuccessful().hasOutput("done");
		assertThat(processes).ranTimes(1, "git", "pull");
		System.out.println("lean");
	}

}
