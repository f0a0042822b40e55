package io.procession.engine.local;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import io.procession.engine.Launch;
import io.procession.isolation.ControlGroup;
import io.procession.isolation.IsolationPlan;
import io.procession.isolation.Tool;
import io.procession.process.Signal;

/**
 * Chain of tools that precedes a program. Each tool applies one setting and then executes
 * the next one by {@code execve(2)}, so that the PID remains the same. The chain contains
 * only the tools that are needed, each by its absolute path, so that the PATH of the
 * program does not affect it.
 *
 * @param tools tools with their options
 * @param late variables that {@code env(1)} sets at the end of the chain, for the program
 * only
 * @param opensFiles whether the chain opens the files of the streams, with the
 * permissions of the user that runs the program
 */
record ExecChain(List<String> tools, Map<String, String> late, boolean opensFiles) {

	static final ExecChain NONE = new ExecChain(List.of(), Map.of(), false);

	private static final String SHELL = "/bin/sh";

	/** First JDK version whose child processes do not start with QUIT blocked. */
	private static final int QUIT_UNBLOCKED_SINCE = 25;

	/**
	 * Variables read by the dynamic loader, the C library and the shell: those that
	 * {@code ld.so(8)} ignores in secure-execution mode, and those that make a shell
	 * execute code.
	 */
	private static final Pattern READ_BY_TOOLS = Pattern
		.compile("LD_.*|LIBC_.*|MALLOC_.*|GLIBC_.*|GCONV_PATH|GETCONF_DIR"
				+ "|HOSTALIASES|LOCALDOMAIN|LOCPATH|NIS_PATH|NLSPATH|RESOLV_.*|RES_OPTIONS|TZDIR|LANGUAGE|TEXTDOMAIN.*"
				+ "|ENV|BASH_.*|BASHOPTS|SHELLOPTS|PS4|IFS");

	/**
	 * Create the chain of a launch.
	 * @param plan the isolation plan, or {@code null} if no isolation is configured
	 * @param group the control group of the process, or {@code null} if it has none
	 * @param signals the signal settings inherited from the JVM
	 */
	static ExecChain of(Launch launch, @Nullable IsolationPlan plan, @Nullable ControlGroup group, JvmSignals signals) {
		boolean quit = launch.spec().stopSignal() == Signal.QUIT && launch.terminal() == null
				&& Runtime.version().feature() < QUIT_UNBLOCKED_SINCE;
		boolean reset = quit || signals.haveToBeReset(launch.terminal() != null);
		Set<Signal> ignored = launch.spec().ignoredSignals();
		if (plan == null && !launch.detached() && !reset && ignored.isEmpty()) {
			return NONE;
		}
		List<String> chain = new ArrayList<>();
		if (launch.detached() && (plan == null || !Boolean.TRUE.equals(plan.isolation().newSession()))) {
			// leave the JVM's session, to be independent of its terminal and of Ctrl-C
			Tool.SETSID.find().ifPresent((setsid) -> chain.add(setsid.toString()));
		}
		Map<String, String> late = new LinkedHashMap<>();
		if (plan != null) {
			chain.addAll(plan.chain(group));
			if (plan.switching()) {
				launch.environment().assigned().forEach((name, value) -> {
					if (isReadByTools(name)) {
						late.put(name, value);
					}
				});
			}
		}
		String redirects = (plan != null && opensFiles(launch, plan)) ? redirects(launch) : "";
		if (!redirects.isEmpty()) {
			chain.addAll(List.of(SHELL, "-c", "exec \"$@\"" + redirects, SHELL));
		}
		if (reset || !ignored.isEmpty() || !late.isEmpty()) {
			chain.add(IsolationPlan.require(Tool.ENV).toString());
			if (reset) {
				chain.add("--default-signal");
			}
			ignored.forEach((signal) -> chain.add("--ignore-signal=" + signal.number()));
			late.forEach((name, value) -> chain.add(name + "=" + value));
		}
		return new ExecChain(chain, late, !redirects.isEmpty());
	}

	/**
	 * Return whether the files of a launch are opened by its chain rather than by the
	 * JVM. The JVM may have more privileges than the user that runs the program, who
	 * could replace a file with a link. The terminal of {@code tty()} belongs to the JVM.
	 */
	static boolean opensFiles(Launch launch, IsolationPlan plan) {
		return plan.switching() && launch.spec().terminal() == null && !redirects(launch).isEmpty();
	}

	private static String redirects(Launch launch) {
		StringBuilder redirects = new StringBuilder();
		if (launch.input() instanceof Launch.Input.FromFile file) {
			redirects.append(" <").append(quoted(file.path()));
		}
		redirects.append(redirect("", launch.output()));
		if (!launch.mergeError()) {
			redirects.append(redirect("2", launch.error()));
		}
		else if (launch.output() instanceof Launch.Output.ToFile) {
			redirects.append(" 2>&1");
		}
		return redirects.toString();
	}

	private static String redirect(String stream, Launch.Output output) {
		return (output instanceof Launch.Output.ToFile to)
				? " " + stream + (to.file().append() ? ">>" : ">") + quoted(to.file().path()) : "";
	}

	// relative paths refer to the JVM's directory, the shell runs in the program's
	private static String quoted(Path path) {
		return "'" + path.toAbsolutePath().toString().replace("'", "'\\''") + "'";
	}

	/** Return whether a variable affects the behavior of the tools themselves. */
	static boolean isReadByTools(String name) {
		return READ_BY_TOOLS.matcher(name).matches();
	}

	boolean isEmpty() {
		return this.tools.isEmpty();
	}

	/** Return a copy of this chain with an additional tool at its end. */
	ExecChain with(String... tool) {
		List<String> all = new ArrayList<>(this.tools);
		all.addAll(List.of(tool));
		return new ExecChain(all, this.late, this.opensFiles);
	}

	/**
	 * Return whether the chain contains {@code env(1)}, which takes a program name with
	 * {@code =} for a variable.
	 */
	boolean endsWithEnv() {
		return this.tools.stream().anyMatch((tool) -> tool.endsWith("/env"));
	}

	/**
	 * Return whether a tool of the chain failed to execute the program, judging only by
	 * the exit code and output of the process.
	 * @param exitCode the exit code of the process
	 * @param written everything that the process has written
	 * @param executable the program
	 */
	boolean failed(int exitCode, String written, File executable) {
		if (isEmpty() || !(exitCode == 1 || exitCode == 2 || (exitCode >= 125 && exitCode <= 127))) {
			return false;
		}
		for (String tool : this.tools) {
			// the loader and coreutils print their path, util-linux prints the file name
			boolean named = tool.startsWith("/")
					&& (written.startsWith(tool + ": ") || (written.startsWith(new File(tool).getName() + ": ")
							&& written.contains(executable.toString())));
			if (named) {
				return true;
			}
		}
		return false;
	}

}
