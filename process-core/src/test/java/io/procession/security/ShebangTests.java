package io.procession.security;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class ShebangTests {

	private static Shebang read(String text) {
		byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
		return Shebang.of(Arrays.copyOf(bytes, Math.min(bytes.length, 256)));
	}

	@Test
	void readsNameAndArgument() {
		readsAs("#!/bin/sh", "/bin/sh", "");
		readsAs("#! \t/bin/sh \t", "/bin/sh", "");
		readsAs("#!/usr/bin/env -S a b", "/usr/bin/env", "-S a b");
		readsAs("#!/bin/sh\r", "/bin/sh\r", "");
	}

	private static void readsAs(String line, String interpreter, String argument) {
		for (String end : new String[] { "", "\nx", "\0x\n" }) {
			assertThat(read(line + end)).isEqualTo(new Shebang(interpreter, argument));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "#", "echo", " #!/bin/sh", "\u007fELF" })
	void findsNoneInFilesWithoutShebang(String text) {
		assertThat(read(text)).isNull();
	}

	@Test
	void reportsLineRefusedByKernel() {
		Shebang refused = new Shebang(null, "");

		assertThat(read("#!\necho")).isEqualTo(refused);
		assertThat(read("#! \t \necho")).isEqualTo(refused);
		assertThat(read("#!" + " ".repeat(300) + "/bin/sh\n")).isEqualTo(refused);
		assertThat(read("#!/" + "x".repeat(253) + "\n")).as("it may go on").isEqualTo(refused);
		assertThat(read("#!/" + "x".repeat(252) + "\n")).isEqualTo(new Shebang("/" + "x".repeat(252), ""));
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void readsLikeKernel(@TempDir Path directory) throws Exception {
		Path interpreter = directory.resolve("interpreter");
		Files.createSymbolicLink(interpreter, Path.of("/bin/echo"));
		String start = "#!" + interpreter + " ";
		String argument = "x".repeat(255 - start.length());

		for (String line : new String[] { start + "one two  \n", start + argument + "beyond\n", start + "\0one\n",
				"#!  " + interpreter + "\n" }) {
			Path script = script(directory, line);
			Shebang read = Shebang.of(script.toFile());

			assertThat(read).isNotNull();
			assertThat(output(script)).isEqualTo((read.argument().isEmpty() ? "" : read.argument() + " ") + script);
		}
		Path long256 = script(directory, "#!" + "/".repeat(254 - interpreter.toString().length()) + interpreter
				+ "\necho \"$0 by the shell\"\n");
		assertThat(Shebang.of(long256.toFile())).isEqualTo(new Shebang(null, ""));
		assertThat(output(long256)).isEqualTo(long256 + " by the shell");
	}

	private static Path script(Path directory, String text) throws IOException {
		Path script = Files.writeString(directory.resolve("script"), text);
		return Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
	}

	private static String output(Path script) throws IOException {
		Process process = new ProcessBuilder(script.toString()).redirectInput(new File("/dev/null")).start();
		return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
	}

}
