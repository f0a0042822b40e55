package io.procession;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.procession.process.ProcessResult;
import io.procession.testing.RealProcesses;
import io.procession.testing.RequiresProgram;
import io.procession.testing.TestChild;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the processes of a JVM that has itself inherited ignored or blocked signals.
 */
@RealProcesses
@RequiresProgram({ "env", "nohup", "setsid" })
class InheritedSignalsIntegrationTests {

	@TempDir
	Path directory;

	@ParameterizedTest
	@ValueSource(strings = { "", "trap '' HUP INT USR1 TSTP PIPE;", "exec env --block-signal=PIPE,USR2,INT",
			"exec nohup", "exec env --ignore-signal=PIPE" })
	void areReset(String how, ProcessManager processes) {
		List<String> command = new ArrayList<>(List.of("sh", "-c", how + " \"$@\"", "sh"));
		command.addAll(TestChild.javaCommand(Application.class, this.directory.toString()));

		ProcessResult result = processes.command(command).run().throwIfFailed();

		assertThat(result.outputLines()).containsExactly("run 0", "stage 0", "last stage 0", "detached 0", "session 0",
				"terminal 0", "yes 0", "=", "[]");
	}

	@Test
	void areResetForJvmStartedInBackground(ProcessManager processes) {
		List<String> command = new ArrayList<>(List.of("sh", "-c", "\"$@\" & wait $!", "sh"));
		command.addAll(TestChild.javaCommand(Application.class, this.directory.toString()));

		assertThat(processes.command(command).run().throwIfFailed().outputLines()).contains("run 0", "terminal 0");
	}

	static final class Application {

		private static final List<String> SHOW = List.of("cat", "/proc/self/status");

		/** Signals 1 to 31, but for QUIT, which Java 17 blocks in all its children. */
		private static final long STANDARD = 0x7FFF_FFFBL;

		public static void main(String[] arguments) throws IOException {
			Path directory = Path.of(arguments[0]);
			Path file = directory.resolve("file");
			Path odd = Files.writeString(directory.resolve("a=b"), "#!/bin/sh\necho =\n");
			odd.toFile().setExecutable(true);
			try (ProcessManager processes = ProcessManager.create()) {
				show("run", processes.command(SHOW).run().output());
				show("stage", processes.command(SHOW).pipe("cat").run().output());
				show("last stage", processes.command("true").pipe(processes.command(SHOW)).run().output());
				processes.command(SHOW).outputTo(file).detached().start().waitFor();
				show("detached", Files.readString(file));
				show("session", processes.command(SHOW).newSession().run().output());
				show("terminal", processes.command(SHOW).pty(80, 24).run().output());
				System.out.println("yes " + processes.shell("yes | head -1 >/dev/null").run().errorOutput().length());
				System.out.print(processes.command(odd.toString()).run().output());
				System.out.println(processes.limitations());
			}
		}

		private static void show(String what, String status) {
			System.out.println(what + " "
					+ status.lines()
						.map(String::strip)
						.filter((line) -> line.matches("Sig(Ign|Blk):.*"))
						.map((line) -> line.substring(7).strip())
						.map((mask) -> Long.toHexString(Long.parseUnsignedLong(mask, 16) & STANDARD))
						.distinct()
						.collect(Collectors.joining(" ")));
		}

	}

}
