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
 * Looks programs up as a start does: by their path, or by their name in the folders of a
 * {@code PATH}, both seen from the working directory; see {@code execvp(3)}.
 */
public final class Executables {

	/**
	 * Where a process that sees no {@code PATH} looks for programs, as glibc's
	 * {@code execvp(3)} does.
	 */
	public static final String WITHOUT_PATH = "/bin:/usr/bin";

	private static final String DEFAULT_PATH = "/usr/local/bin:/usr/bin:/bin";

	private Executables() {
	}

	/**
	 * Read the first bytes of a program. Does not open what is not a regular file: to
	 * open a named pipe could take forever.
	 * @param file the program
	 * @param length the number of bytes to read at most
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
			// may be executed but not read
			return new byte[0];
		}
	}

	/**
	 * The file that a program's name or path means.
	 * @param program name or path
	 * @param directory working directory, or {@code null} for the JVM's
	 * @param path folders to look in, or {@code null} for the JVM's {@code PATH}
	 * @return an absolute path, links and {@code ..} not resolved, or empty if there is
	 * nothing there
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

	private static Optional<Path> at(String program, @Nullable Path directory) {
		Path file = (directory != null) ? directory.resolve(program) : Path.of(program);
		return Optional.of(file.toAbsolutePath()).filter(Files::exists);
	}

	private static Optional<Path> in(@Nullable String path, String program, @Nullable Path directory) {
		String folders = (path != null) ? path : System.getenv("PATH");
		Path found = null;
		// the empty one at the end counts too
		for (String folder : ((folders != null) ? folders : DEFAULT_PATH).split(File.pathSeparator, -1)) {
			Path candidate = candidate(folder, program, directory);
			if (candidate != null && Files.isRegularFile(candidate)) {
				if (Files.isExecutable(candidate)) {
					return Optional.of(candidate);
				}
				found = candidate;
			}
		}
		return Optional.ofNullable(found);
	}

	private static @Nullable Path candidate(String folder, String program, @Nullable Path directory) {
		Path name = Path.of(program);
		try {
			Path place = (directory != null) ? directory.resolve(folder) : Path.of(folder);
			return place.resolve(name).toAbsolutePath();
		}
		catch (InvalidPathException ex) {
			// a name that the JVM's native encoding lacks: the others are none the worse
			return null;
		}
	}

}
