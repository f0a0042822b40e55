package io.procession.security;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * A file to be executed, with links resolved.
 *
 * @param place path of the file in which the links of its directory are resolved, but not
 * the file itself if it is a link
 * @param real path of the file with all links resolved
 * @param applet the program that the file acts as if it contains many, such as BusyBox;
 * {@code null} if it contains a single one or acts as none of them
 */
record Executable(Path place, Path real, @Nullable String applet) {

	private static final Set<String> SHELLS = Set.of("sh", "bash", "rbash", "dash", "ash", "hush", "zsh", "ksh", "rksh",
			"mksh", "lksh", "pdksh", "oksh", "yash", "posh", "rzsh", "sash", "csh", "bsd-csh", "tcsh", "fish", "nu",
			"elvish", "xonsh", "lash", "msh", "toysh", "cmd", "powershell", "pwsh");

	/** Suffixes that distinguish one build of a program from another. */
	private static final Pattern BUILD = Pattern.compile("(-static|[.-]?\\d[\\d.]*)$");

	/** Programs whose purpose is to run the program that their arguments name. */
	private static final Set<String> LAUNCHERS = Set.of("env", "nice", "ionice", "nohup", "setsid", "timeout", "stdbuf",
			"xargs", "parallel", "sudo", "su", "doas", "pkexec", "runuser", "setpriv", "prlimit", "taskset", "chrt",
			"unshare", "nsenter", "chroot", "capsh", "setarch", "flock", "script", "watch", "time", "strace", "ltrace",
			"gdb", "bwrap", "systemd-run", "start-stop-daemon", "run-parts", "ssh-agent", "dbus-run-session",
			"unbuffer", "expect", "sg", "newgrp", "chpst", "softlimit", "linux32", "linux64", "numactl", "catchsegv",
			"choom", "uclampset", "coresched", "runcon", "aa-exec", "cgexec", "gosu", "su-exec", "setuidgid", "envdir",
			"tini", "tini-static", "dumb-init", "catatonit", "fakeroot", "valgrind", "perf", "screen", "tmux",
			"cttyhack", "envuidgid", "openvt", "oneit", "runsv", "runsvdir", "run-init", "switch_root", "tcpsvd",
			"udpsvd");

	private static final Pattern LOADER = Pattern.compile("ld(-.*)?\\.so(\\..*)?");

	/**
	 * Resolve a file.
	 * @param file an absolute path
	 * @param arguments the argument vector to pass to it
	 * @throws IOException if the file cannot be resolved
	 */
	static Executable of(Path file, List<String> arguments) throws IOException {
		Path directory = file.getParent();
		Path name = file.getFileName();
		if (directory == null || name == null || name.toString().equals("..") || name.toString().equals(".")) {
			Path real = file.toRealPath();
			return new Executable(real, real, applet(real, real, arguments));
		}
		Path place = directory.toRealPath().resolve(name);
		boolean link = Files.readAttributes(place, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
			.isSymbolicLink();
		Path real = link ? place.toRealPath() : place;
		return new Executable(place, real, applet(place, real, arguments));
	}

	private static @Nullable String applet(Path place, Path real, List<String> arguments) {
		return MultiCall.programOf(name(real), name(place), arguments);
	}

	boolean isLink() {
		return !this.place.equals(this.real);
	}

	/**
	 * Return the names to judge the file by: the one it is called by and the one of the
	 * resolved file, or the program that it acts as.
	 */
	private Set<String> names() {
		return (this.applet != null) ? Set.of(this.applet) : new HashSet<>(List.of(name(this.real), name(this.place)));
	}

	/**
	 * Return whether the file can run arbitrary programs, as a shell or as a program that
	 * starts others.
	 */
	boolean runsOthers() {
		return isLauncher()
				|| names().stream().anyMatch((name) -> SHELLS.contains(name) || SHELLS.contains(plain(name)));
	}

	/** Return whether the file starts the program that its arguments name. */
	boolean isLauncher() {
		return names().stream()
			.anyMatch((name) -> LAUNCHERS.contains(name) || LAUNCHERS.contains(plain(name)) || MultiCall.isFile(name)
					|| LOADER.matcher(name).matches());
	}

	/**
	 * Return whether the file contains many programs and the one that it acts as is not
	 * known.
	 */
	boolean isUndecided() {
		return this.applet == null && names().stream().anyMatch(MultiCall::isFile);
	}

	/** Return whether the file is {@code env(1)}. */
	boolean isEnv() {
		return names().contains("env");
	}

	/**
	 * Return whether the file is the given program of a file that contains many,
	 * regardless of the link that it is called by.
	 */
	boolean isPart(String name, Path file) {
		try {
			return name.equals(this.applet) && Files.isSameFile(file, this.real);
		}
		catch (IOException ex) {
			return false;
		}
	}

	private static String plain(String name) {
		return BUILD.matcher(name).replaceFirst("");
	}

	static String name(Path file) {
		Path name = file.getFileName();
		String text = (name != null) ? name.toString().toLowerCase(Locale.ROOT) : "";
		return text.endsWith(".exe") ? text.substring(0, text.length() - 4) : text;
	}

}
