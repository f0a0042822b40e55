package io.procession.security;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * What a file to be executed is, links resolved.
 *
 * @param place where it stands: its folder's links are resolved, its own are not
 * @param real what it is in the end
 * @param applet which program of a file that holds many, such as busybox, it stands for;
 * {@code null} if it is none of them
 */
record Executable(Path place, Path real, @Nullable String applet) {

	private static final Set<String> MANY_IN_ONE = Set.of("busybox", "toybox", "coreutils");

	private static final Set<String> SHELLS = Set.of("sh", "bash", "rbash", "dash", "ash", "hush", "zsh", "ksh",
			"ksh93", "mksh", "lksh", "pdksh", "yash", "posh", "csh", "tcsh", "fish", "nu", "elvish", "xonsh", "cmd",
			"powershell", "pwsh");

	/** Programs that are there to run what their arguments name. */
	private static final Set<String> LAUNCHERS = Set.of("env", "nice", "ionice", "nohup", "setsid", "timeout", "stdbuf",
			"xargs", "parallel", "sudo", "su", "doas", "pkexec", "runuser", "setpriv", "prlimit", "taskset", "chrt",
			"unshare", "nsenter", "chroot", "capsh", "setarch", "flock", "script", "watch", "time", "strace", "ltrace",
			"gdb", "bwrap", "systemd-run", "start-stop-daemon", "run-parts", "ssh-agent", "dbus-run-session",
			"unbuffer", "expect", "sg", "newgrp", "chpst", "softlimit", "linux32", "linux64", "numactl", "catchsegv");

	private static final Pattern LOADER = Pattern.compile("ld(-.*)?\\.so(\\..*)?");

	private static final List<String> SHELL = List.of("/bin/sh");

	/** How much of its first line the kernel reads. */
	private static final int LONGEST_LINE = 256;

	/**
	 * Resolves a file.
	 * @param file an absolute path
	 * @param arguments the argument vector that it is to get
	 * @throws IOException if it cannot be resolved
	 */
	static Executable of(Path file, List<String> arguments) throws IOException {
		Path folder = file.getParent();
		Path name = file.getFileName();
		if (folder == null || name == null || name.toString().equals("..") || name.toString().equals(".")) {
			Path real = file.toRealPath();
			return new Executable(real, real, applet(real, real, arguments));
		}
		Path place = folder.toRealPath().resolve(name);
		boolean link = Files.readAttributes(place, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
			.isSymbolicLink();
		Path real = link ? place.toRealPath() : place;
		return new Executable(place, real, applet(place, real, arguments));
	}

	private static @Nullable String applet(Path place, Path real, List<String> arguments) {
		if (!MANY_IN_ONE.contains(name(real))) {
			return null;
		}
		String name = name(place);
		if (!MANY_IN_ONE.contains(name)) {
			return name;
		}
		return (arguments.size() > 1) ? arguments.get(1) : null;
	}

	private static String name(Path file) {
		Path name = file.getFileName();
		String text = (name != null) ? name.toString().toLowerCase(Locale.ROOT) : "";
		return text.endsWith(".exe") ? text.substring(0, text.length() - 4) : text;
	}

	boolean isLink() {
		return !this.place.equals(this.real);
	}

	/**
	 * Whether it runs whatever it is told to: a shell, or a program that starts others.
	 */
	boolean runsOthers() {
		return (this.applet != null) ? runsOthers(this.applet)
				: runsOthers(name(this.real)) || runsOthers(name(this.place));
	}

	private static boolean runsOthers(String name) {
		return SHELLS.contains(name) || LAUNCHERS.contains(name) || MANY_IN_ONE.contains(name)
				|| LOADER.matcher(name).matches();
	}

	/**
	 * What executes it, if it is a script, and what executes that; see {@code execve(2)}.
	 * A text without a first line that names its interpreter is a script for the shell.
	 * @param lookup finds a program by its name
	 * @param deepest how many at most
	 */
	List<Path> interpreters(Function<String, Optional<Path>> lookup, int deepest) {
		List<Path> interpreters = new ArrayList<>();
		Path script = this.real;
		while (interpreters.size() < deepest) {
			List<String> words = firstLine(script);
			if (words.isEmpty()) {
				return interpreters;
			}
			Path interpreter = Path.of(words.get(0));
			interpreters.add(interpreter);
			if (name(interpreter).equals("env")) {
				words.stream()
					.skip(1)
					.filter((word) -> !word.startsWith("-") && word.indexOf('=') < 0)
					.findFirst()
					.flatMap(lookup)
					.ifPresent(interpreters::add);
				return interpreters;
			}
			script = interpreter;
		}
		return interpreters;
	}

	private static List<String> firstLine(Path file) {
		byte[] start = new byte[LONGEST_LINE];
		int length;
		try (InputStream in = Files.newInputStream(file)) {
			length = in.readNBytes(start, 0, start.length);
		}
		catch (IOException ex) {
			// may be executed but not read: it is no script
			return List.of();
		}
		if (length >= 2 && start[0] == '#' && start[1] == '!') {
			String line = new String(start, 2, length - 2, StandardCharsets.UTF_8).split("[\n\0]", 2)[0].strip();
			return line.isEmpty() ? SHELL : Arrays.asList(line.split("[ \t]+"));
		}
		// what the kernel does not know is handed to the shell, by the JDK too
		return isBinary(ByteBuffer.wrap(start)) ? List.of() : SHELL;
	}

	private static boolean isBinary(ByteBuffer start) {
		return switch (start.getInt(0)) {
			// ELF, then the formats of macOS
			case 0x7f454c46, 0xfeedface, 0xfeedfacf, 0xcefaedfe, 0xcffaedfe, 0xcafebabe -> true;
			default -> File.separatorChar == '\\';
		};
	}

}
