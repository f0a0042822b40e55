package io.procession.security;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

@EnabledOnOs(OS.LINUX)
class ExecutablesTests {

	@TempDir
	private Path directory;

	private Path program(String name) throws IOException {
		Path program = Files.createFile(this.directory.resolve(name));
		assertThat(program.toFile().setExecutable(true)).isTrue();
		return program;
	}

	@Test
	void searchesWorkingDirectoryForEmptyPathEntry() throws IOException {
		Path tool = program("tool");

		for (String path : new String[] { "", ":/no", "/no::/no", "/no:" }) {
			assertThat(Executables.find("tool", this.directory, path)).as(path).contains(tool);
		}
		assertThat(Executables.find("tool", this.directory, "/no")).isEmpty();
	}

	@Test
	void skipsInvalidPathEntry() throws IOException {
		Path tool = program("tool");

		assertThat(Executables.find("tool", null, "/a\0b:" + this.directory)).contains(tool);
		assertThat(Executables.find("a\0b", null, this.directory.toString())).isEmpty();
	}

}
