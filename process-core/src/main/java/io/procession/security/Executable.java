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
 * What a file to be executed is, links resolved.
 *
 * @param place where it stands: its folder's links are resolved, its own are not
 * @param real what it is in the end
 * @param applet which program of a file that holds many, such as busybox, it stands for;
 * {@code null} if it is none of them
 */
record Executable(Path place, Path real, @Nullable String applet) {

	private static final Set<String> SHELLS = Set.of("sh", "bash", "rbash", "dash", "ash", "hush", "zsh", "ksh", "rksh",
			"mksh", "lksh", "pdksh", "oksh", "yash", "posh", "rzsh", "sash", "csh", "bsd-csh", "tcsh", "fish", "nu",
			"elvish", "xonsh", "lash", "msh", "toysh", "cmd", "powershell", "pwsh");

	/** What distinguishes one build of a program from another. */
	private static final Pattern BUILD = Pattern.compile("(-static|[.-]?\\d[\\d.]*)$");

	/** Programs that are there to run what their arguments name. */
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
		return MultiCall.programOf(name(real), name(place), arguments);
	}

	boolean isLink() {
		return !this.place.equals(this.real);
	}

	/**
	 * What it goes by: what it is called, what it is in the end; or its part of a file
	 * that holds many.
	 */
	private Set<String> names() {
		return (this.applet != null) ? Set.of(this.applet) : new HashSet<>(List.of(name(this.real), name(this.place)));
	}

	/**
	 * Whether it runs whatever it is told to: a shell, or a program that starts others.
	 */
	boolean runsOthers() {
		return isLauncher()
				|| names().stream().anyMatch((name) -> SHELLS.contains(name) || SHELLS.contains(plain(name)));
	}

	/** Whether it starts what its arguments name. */
	boolean isLauncher() {
		return names().stream()
			.anyMatch((name) -> LAUNCHERS.contains(name) || LAUNCHERS.contains(plain(name)) || MultiCall.isFile(name)
					|| LOADER.matcher(name).matches());
	}

	/** Whether it holds many programs, and which of them it becomes is not known. */
	boolean isUndecided() {
		return this.applet == null && names().stream().anyMatch(MultiCall::isFile);
	}

	/** Whether it is {@code env(1)}. */
	boolean isEnv() {
		return names().contains("env");
	}

	/** Whether it is a certain part of a file that holds many, by whatever link. */
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
