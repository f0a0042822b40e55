package io.procession.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Who runs the tests: some are about what root may do, some about what others may not.
 */
public final class CurrentUser {

	private CurrentUser() {
	}

	/**
	 * Whether it is root.
	 * @return whether it may switch users
	 * @throws IOException if that cannot be found out
	 */
	public static boolean isRoot() throws IOException {
		return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
	}

	/**
	 * Whether it is anybody else.
	 * @return whether it may not switch users
	 * @throws IOException if that cannot be found out
	 */
	public static boolean isOrdinary() throws IOException {
		return !isRoot();
	}

}
