package io.procession.docs;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import org.junit.jupiter.api.Test;

import io.procession.ProcessManager;
import io.procession.execution.RunningProcess;
import io.procession.process.ExitCause;
import io.procession.process.ProcessResult;
import io.procession.testing.RealProcesses;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The examples of {@code README.md} that need no Spring, run.
 */
@RealProcesses
class ReadmeExamplesIntegrationTests {

	@Test
	void firstExample(ProcessManager processes) throws IOException {
		String output = printed(() -> {
			// region first
			ProcessResult result = processes.command("sort", "-n")
				.input("10\n9\n8\n")
				.timeout(Duration.ofSeconds(5))
				.onLine((type, line) -> System.out.println(type + ": " + line))
				.run()
				.throwIfFailed();

			System.out.println("Exit code " + result.exitCode() + ", output " + result.outputLines());
			// endregion
		});

		assertThat(Files.readString(Path.of("..", "README.md"))).contains("```\n" + output + "```\n");
	}

	@Test
	void liveProcess(ProcessManager processes) {
		// region live
		RunningProcess server = processes.shell("echo listening; while sleep 1; do :; done").name("server").start();

		if (server.waitUntil((type, line) -> line.equals("listening"), Duration.ofSeconds(10))) {
			System.out.println(server.name() + " is ready, PID " + server.pid());
		}
		server.stop(); // the whole tree: TERM, 10 s, KILL

		ProcessResult result = server.waitFor();
		// endregion

		assertThat(result.cause()).isEqualTo(ExitCause.STOPPED);
		assertThat(result.output()).isEqualTo("listening\n");
	}

	private static String printed(Runnable example) {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		PrintStream before = System.out;
		System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
		try {
			example.run();
		}
		finally {
			System.setOut(before);
		}
		return bytes.toString(StandardCharsets.UTF_8);
	}

}
