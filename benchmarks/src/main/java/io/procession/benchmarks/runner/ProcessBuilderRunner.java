package io.procession.benchmarks.runner;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The JDK alone: the caller reads standard output, a thread standard error.
 */
final class ProcessBuilderRunner implements Runner {

	@Override
	public String run(List<String> command) throws Exception {
		Process process = new ProcessBuilder(command).start();
		ByteArrayOutputStream error = new ByteArrayOutputStream();
		Thread errorReader = new Thread(() -> copy(process.getErrorStream(), error));
		errorReader.start();
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		errorReader.join();
		int exitCode = process.waitFor();
		if (exitCode != 0) {
			throw new IllegalStateException(command + " exited with " + exitCode + ": " + error);
		}
		return output;
	}

	private static void copy(InputStream from, ByteArrayOutputStream to) {
		try {
			from.transferTo(to);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
