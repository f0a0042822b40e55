package io.procession.security;

import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Determines which program a file that contains many programs acts as, by the rules of
 * BusyBox, Toybox, and the coreutils of GNU and uutils. The name that such a file is
 * called by takes precedence over its first argument; see the {@code main} functions of
 * these projects.
 */
final class MultiCall {

	/** BusyBox and Toybox accept every name that begins with theirs as their own. */
	private static final Pattern FILE = Pattern.compile("(busybox|toybox).*|(.*[-_])?coreutils([.-].*)?|uutils.*");

	private static final List<String> BOXES = List.of("busybox", "toybox");

	private static final Pattern COREUTILS_OPTION = Pattern.compile("--coreutils-prog(-shebang)?=(?<name>.*)");

	/**
	 * Programs of coreutils. If the file is called by any other name, it evaluates its
	 * arguments.
	 */
	private static final Set<String> COREUTILS = Set.of("[", "arch", "b2sum", "b3sum", "base32", "base64", "basename",
			"basenc", "cat", "chcon", "chgrp", "chmod", "chown", "chroot", "cksum", "comm", "cp", "csplit", "cut",
			"date", "dd", "df", "dir", "dircolors", "dirname", "du", "echo", "env", "expand", "expr", "factor", "false",
			"fmt", "fold", "ginstall", "groups", "hashsum", "head", "hostid", "hostname", "id", "install", "join",
			"kill", "link", "ln", "logname", "ls", "md5sum", "mkdir", "mkfifo", "mknod", "mktemp", "more", "mv", "nice",
			"nl", "nohup", "nproc", "numfmt", "od", "paste", "pathchk", "pinky", "pr", "printenv", "printf", "ptx",
			"pwd", "readlink", "realpath", "rm", "rmdir", "runcon", "seq", "sha1sum", "sha224sum", "sha256sum",
			"sha384sum", "sha512sum", "shred", "shuf", "sleep", "sort", "split", "stat", "stdbuf", "stty", "sum",
			"sync", "tac", "tail", "tee", "test", "timeout", "touch", "tr", "true", "truncate", "tsort", "tty", "uname",
			"unexpand", "uniq", "unlink", "uptime", "users", "vdir", "wc", "who", "whoami", "yes");

	private MultiCall() {
	}

	/**
	 * Return whether a file of the given name contains many programs.
	 * @param name a file name in lower case
	 */
	static boolean isFile(String name) {
		return FILE.matcher(name).matches();
	}

	/**
	 * Determine the program that a file acts as.
	 * @param file its name, links resolved
	 * @param calledBy the name that it is called by
	 * @param arguments the argument vector, whose first element is ignored
	 * @return the name of a program, or {@code null} if the file does not contain many
	 * programs or acts as none of them
	 */
	static @Nullable String programOf(String file, String calledBy, List<String> arguments) {
		if (!isFile(file)) {
			return null;
		}
		for (String box : BOXES) {
			if (file.startsWith(box)) {
				return ofBox(box, calledBy, arguments);
			}
		}
		return ofCoreutils(calledBy, arguments);
	}

	private static @Nullable String ofBox(String box, String calledBy, List<String> arguments) {
		String name = calledBy;
		// an argument may select the file itself again
		for (int i = 1; name.startsWith(box); i++) {
			if (i >= arguments.size()) {
				return null;
			}
			name = lastComponent(arguments.get(i));
		}
		return name;
	}

	private static @Nullable String ofCoreutils(String calledBy, List<String> arguments) {
		if (COREUTILS.contains(calledBy)) {
			return calledBy;
		}
		String first = (arguments.size() > 1) ? arguments.get(1) : "";
		Matcher option = COREUTILS_OPTION.matcher(first);
		if (option.matches()) {
			return lastComponent(option.group("name"));
		}
		// uutils: the name may have a prefix
		for (int i = 1; i < calledBy.length(); i++) {
			if (!Character.isLetterOrDigit(calledBy.charAt(i - 1)) && COREUTILS.contains(calledBy.substring(i))) {
				return calledBy.substring(i);
			}
		}
		return first.isEmpty() ? null : lastComponent(first);
	}

	private static String lastComponent(String path) {
		return path.substring(path.lastIndexOf('/') + 1);
	}

}
