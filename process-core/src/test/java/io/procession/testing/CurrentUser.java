package io.procession.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The user that runs the tests: some tests require root, others an ordinary user.
 */
public final class CurrentUser {

	private CurrentUser() {
	}

	/**
	 * Return whether the user is root.
	 * @return whether it may switch users
	 * @throws IOException if this cannot be determined
	 */
	public static boolean isRoot() throws IOException {
		return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
	}

	/**
	 * Return whether the user is not root.
	 * @return whether it may not switch users
	 * @throws IOException if this cannot be determined
	 */
	public static boolean isOrdinary() throws IOException {
		return !isRoot();
	}

}
