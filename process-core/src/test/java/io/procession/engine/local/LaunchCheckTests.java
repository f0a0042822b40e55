package io.procession.engine.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.procession.engine.EnvironmentPlan;
import io.procession.engine.Launch;
import io.procession.isolation.Isolation;
import io.procession.process.Command;
import io.procession.process.ProcessSpec;
import io.procession.process.ProcessStartException;
import io.procession.process.ProcessStartException.Reason;

import static org.assertj.core.api.Assertions.assertThat;

class LaunchCheckTests {

	@TempDir
	private Path location;

	@Test
	void reportsFilesRemovedSinceCheck() throws IOException {
		Path directory = Files.createDirectory(this.location.resolve("directory"));
		Path program = Files.createFile(this.location.resolve("program"));
		assertThat(program.toFile().setExecutable(true)).isTrue();
		LaunchCheck check = new LaunchCheck(launch(program, directory));
		check.check();

		assertThat(check.again()).isEmpty();
		Files.delete(program);
		assertThat(check.again()).map(ProcessStartException::reason).contains(Reason.NOT_FOUND);
		Files.delete(directory);
		assertThat(check.again()).map(ProcessStartException::reason).contains(Reason.NO_SUCH_DIRECTORY);
	}

	private static Launch launch(Path program, Path directory) {
		return new Launch("1", ProcessSpec.of(Command.of(program.toString())), null, List.of(program.toString()),
				directory, EnvironmentPlan.INHERITED, Launch.Input.pipe(), Launch.Output.pipe(), Launch.Output.pipe(),
				false, false, null, Isolation.none());
	}

}
