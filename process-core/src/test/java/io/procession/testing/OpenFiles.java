package io.procession.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The files that this JVM has open. A leaked file is closed by the next garbage
 * collection, so it is detected only if searched for immediately.
 */
public final class OpenFiles {

	private OpenFiles() {
	}

	/**
	 * Return the open files.
	 * @param folder the directory to search
	 * @return the open files below the directory
	 */
	public static List<Path> below(Path directory) {
		try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
			return descriptors.map(OpenFiles::target).filter((file) -> file.startsWith(directory)).toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static Path target(Path descriptor) {
		try {
			return Files.readSymbolicLink(descriptor);
		}
		catch (IOException ex) {
			// closed meanwhile
			return descriptor;
		}
	}

}
