package io.procession.engine.zt;

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
 * The tools that stand before a program: each sets one thing and then becomes the next by
 * {@code execve(2)}, so that the PID stays. Only those that have something to do, each by
 * its absolute path: the program's own PATH has no say in it.
 *
 * @param tools the tools with their options
 * @param late variables that {@code env(1)} sets at the end of the chain, for the program
 * alone
 * @param opensFiles whether the files of its streams are opened by the chain, with the
 * rights of the user that the program is run as
 */
record ExecChain(List<String> tools, Map<String, String> late, boolean opensFiles) {

	static final ExecChain NONE = new ExecChain(List.of(), Map.of(), false);

	private static final String SHELL = "/bin/sh";

	/** The first JDK whose children do not start with QUIT blocked. */
	private static final int QUIT_UNBLOCKED_SINCE = 25;

	/**
	 * What the loader, the C library and the shell read: what {@code ld.so(8)} ignores in
	 * secure-execution mode, and what makes a shell run something.
	 */
	private static final Pattern READ_BY_TOOLS = Pattern
		.compile("LD_.*|LIBC_.*|MALLOC_.*|GLIBC_.*|GCONV_PATH|GETCONF_DIR"
				+ "|HOSTALIASES|LOCALDOMAIN|LOCPATH|NIS_PATH|NLSPATH|RESOLV_.*|RES_OPTIONS|TZDIR|LANGUAGE|TEXTDOMAIN.*"
				+ "|ENV|BASH_.*|BASHOPTS|SHELLOPTS|PS4|IFS");

	/**
	 * The chain of a launch.
	 * @param plan its isolation, or {@code null} if it asks for none
	 * @param group the control group that it is to live in
	 * @param signals what it would inherit from the JVM
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
			// out of the JVM's session: no terminal, no Ctrl-C
			Tool.SETSID.find().ifPresent((setsid) -> chain.add(setsid.toString()));
		}
		Map<String, String> late = new LinkedHashMap<>();
		if (plan != null) {
			chain.addAll(plan.chain(group));
			if (plan.switching()) {
				launch.environment().forEach((name, value) -> {
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
	 * Whether the files of a launch are opened by its chain and not by the JVM: the JVM
	 * may have more rights than the user that the program is run as, who could put a link
	 * in the place of a file. The terminal of {@code tty()} is the JVM's own.
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

	// relative ones are the JVM's, and the shell is in the program's directory
	private static String quoted(Path path) {
		return "'" + path.toAbsolutePath().toString().replace("'", "'\\''") + "'";
	}

	/** Whether a variable changes what the tools themselves do. */
	static boolean isReadByTools(String name) {
		return READ_BY_TOOLS.matcher(name).matches();
	}

	boolean isEmpty() {
		return this.tools.isEmpty();
	}

	/** Return this chain with another tool behind the others. */
	ExecChain with(String... tool) {
		List<String> all = new ArrayList<>(this.tools);
		all.addAll(List.of(tool));
		return new ExecChain(all, this.late, this.opensFiles);
	}

	/** Whether the last tool takes a name with {@code =} for a variable. */
	boolean endsWithEnv() {
		return this.tools.stream().anyMatch((tool) -> tool.endsWith("/env"));
	}

	/**
	 * Reads from what a process has written, and no more, that a tool could not become
	 * the program.
	 * @param exitCode its exit code
	 * @param written all that it has written
	 * @param executable the program
	 */
	boolean failed(int exitCode, String written, File executable) {
		if (isEmpty() || !(exitCode == 1 || exitCode == 2 || (exitCode >= 125 && exitCode <= 127))) {
			return false;
		}
		for (String tool : this.tools) {
			// the loader and coreutils name themselves by path, util-linux by name
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
