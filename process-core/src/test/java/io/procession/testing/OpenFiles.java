package io.procession.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The files that this JVM has open. One that was forgotten is closed by the next garbage
 * collection: it shows only if it is looked for at once.
 */
public final class OpenFiles {

	private OpenFiles() {
	}

	/**
	 * Files that are open.
	 * @param folder where to look
	 * @return those of them that are below the folder
	 */
	public static List<Path> below(Path folder) {
		try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
			return descriptors.map(OpenFiles::target).filter((file) -> file.startsWith(folder)).toList();
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
