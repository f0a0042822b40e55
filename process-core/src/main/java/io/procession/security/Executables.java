package io.procession.security;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * Finds programs as the start of a process does: by their path, or by their name in the
 * directories of a {@code PATH}, both relative to the working directory; see
 * {@code execvp(3)}.
 */
public final class Executables {

	/**
	 * Directories in which a process without a {@code PATH} searches for programs, as
	 * glibc's {@code execvp(3)} does.
	 */
	public static final String WITHOUT_PATH = "/bin:/usr/bin";

	private static final String DEFAULT_PATH = "/usr/local/bin:/usr/bin:/bin";

	private Executables() {
	}

	/**
	 * Read the first bytes of a program. A file that is not a regular file is not opened,
	 * since opening a named pipe could block indefinitely.
	 * @param file the program
	 * @param length the maximum number of bytes to read
	 * @return the bytes, fewer if the file is shorter; none if it is not a regular file
	 * or cannot be read
	 */
	public static byte[] start(File file, int length) {
		if (!file.isFile()) {
			return new byte[0];
		}
		try (InputStream in = new FileInputStream(file)) {
			return in.readNBytes(length);
		}
		catch (IOException ex) {
			// a file may be executable but not readable
			return new byte[0];
		}
	}

	/**
	 * Find the file that the name or path of a program refers to.
	 * @param program name or path
	 * @param directory working directory, or {@code null} for the JVM's
	 * @param path directories to search, or {@code null} for the JVM's {@code PATH}
	 * @return an absolute path in which links and {@code ..} are not resolved, or empty
	 * if there is no such file
	 */
	public static Optional<Path> find(String program, @Nullable Path directory, @Nullable String path) {
		try {
			boolean isPath = program.indexOf('/') >= 0 || program.indexOf(File.separatorChar) >= 0;
			return isPath ? at(program, directory) : in(path, program, directory);
		}
		catch (InvalidPathException ex) {
			return Optional.empty();
		}
	}

	/**
	 * Return the absolute path that a file is looked up at, for messages.
	 * @param file the file
	 * @return the path, without {@code .} elements; links and {@code ..} are not resolved
	 */
	public static String absolutePath(File file) {
		return file.getAbsolutePath().replace("/./", "/");
	}

	private static Optional<Path> at(String program, @Nullable Path directory) {
		Path file = (directory != null) ? directory.resolve(program) : Path.of(program);
		return Optional.of(file.toAbsolutePath()).filter(Files::exists);
	}

	private static Optional<Path> in(@Nullable String path, String program, @Nullable Path directory) {
		String locations = (path != null) ? path : System.getenv("PATH");
		Path found = null;
		// an empty element at the end counts too
		for (String location : ((locations != null) ? locations : DEFAULT_PATH).split(File.pathSeparator, -1)) {
			Path candidate = candidate(location, program, directory);
			if (candidate != null && Files.isRegularFile(candidate)) {
				if (Files.isExecutable(candidate)) {
					return Optional.of(candidate);
				}
				found = candidate;
			}
		}
		return Optional.ofNullable(found);
	}

	private static @Nullable Path candidate(String location, String program, @Nullable Path directory) {
		Path name = Path.of(program);
		try {
			Path place = (directory != null) ? directory.resolve(location) : Path.of(location);
			return place.resolve(name).toAbsolutePath();
		}
		catch (InvalidPathException ex) {
			// the JVM's native encoding cannot represent the name: continue with the
			// other directories
			return null;
		}
	}

}
