package io.procession.engine.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Environment of a process as bytes, as passed to {@code execve(2)}. Variables inherited
 * without a change are passed on byte for byte: the JVM may not be able to decode them,
 * in which case their text has lost the original bytes.
 */
final class EnvironmentBlock {

	private static final Path OWN = Path.of("/proc/self/environ");

	private EnvironmentBlock() {
	}

	/**
	 * Create the environment of a process.
	 * @param variables all variables of the process, including inherited ones
	 * @return one entry per variable, each including the name
	 */
	static List<byte[]> of(Map<String, String> variables) {
		return of(variables, inherited());
	}

	static List<byte[]> of(Map<String, String> variables, byte[] inherited) {
		Map<String, String> changed = new LinkedHashMap<>(variables);
		List<byte[]> entries = new ArrayList<>();
		int start = 0;
		for (int end = 0; end < inherited.length; end++) {
			if (inherited[end] == 0) {
				byte[] entry = Arrays.copyOfRange(inherited, start, end);
				start = end + 1;
				// a name may begin with '=', as in the JDK
				String text = NativeText.decode(entry);
				int equals = text.indexOf('=', 1);
				if (equals > 0 && text.substring(equals + 1).equals(variables.get(text.substring(0, equals)))) {
					entries.add(entry);
					changed.remove(text.substring(0, equals));
				}
			}
		}
		changed.forEach((name, value) -> entries.add(NativeText.encode(name + "=" + value)));
		return entries;
	}

	private static byte[] inherited() {
		try {
			return Files.readAllBytes(OWN);
		}
		catch (IOException ex) {
			// not Linux, or not readable: use the text
			return new byte[0];
		}
	}

}
