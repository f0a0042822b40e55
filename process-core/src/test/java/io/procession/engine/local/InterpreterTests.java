package io.procession.engine.local;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Interpreter}.
 */
@DisabledOnOs(OS.WINDOWS)
class InterpreterTests {

	@TempDir
	Path directory;

	private File binary;

	@BeforeEach
	void writeBinary() throws IOException {
		this.binary = executable("binary", "\u007fELF");
	}

	private File executable(String name, String content) throws IOException {
		File file = Files.writeString(this.directory.resolve(name), content).toFile();
		assertThat(file.setExecutable(true)).isTrue();
		return file;
	}

	@Test
	void findsNothingMissingForBinary() throws IOException {
		assertThat(Interpreter.missingOf(this.binary)).isNull();
		assertThat(Interpreter.missingOf(executable("script", "#!" + this.binary + "\necho"))).isNull();
		assertThat(Interpreter.missingOf(executable("spaced", "#! \t" + this.binary + " -e\necho"))).isNull();
	}

	@Test
	void reportsMissingInterpreters() throws IOException {
		File script = executable("script", "#!/no/such/interpreter -e\n");

		assertThat(Interpreter.missingOf(script)).isEqualTo(new Interpreter(script, "/no/such/interpreter"));
	}

	@Test
	void followsScriptsInterpretedByScripts() throws IOException {
		File inner = executable("inner", "#!/no/such/interpreter\n");
		File outer = executable("outer", "#!" + inner + "\n");

		assertThat(Interpreter.missingOf(outer)).isEqualTo(new Interpreter(inner, "/no/such/interpreter"));
	}

	@Test
	void ignoresInterpreterWithTruncatedName() throws IOException {
		File script = executable("script",
				"#!" + "/".repeat(254 - this.binary.toString().length()) + this.binary + "\necho\n");

		assertThat(Interpreter.isLeftOut(script)).isTrue();
		assertThat(Interpreter.missingOf(script)).isNull();
		assertThat(Interpreter.isLeftOut(executable("empty", "#!\necho\n"))).isTrue();
		assertThat(Interpreter.isLeftOut(executable("plain", "echo\n"))).isTrue();
		assertThat(Interpreter.isLeftOut(executable("named", "#!" + this.binary + "\n"))).isFalse();
	}

	@Test
	void reportsWindowsLineEndings() throws IOException {
		Interpreter missing = Interpreter.missingOf(executable("script", "#!" + this.binary + "\r\necho\r\n"));

		assertThat(missing).isNotNull();
		assertThat(missing.describe()).contains(this.binary + "\\r").contains("Windows line endings");
	}

}
