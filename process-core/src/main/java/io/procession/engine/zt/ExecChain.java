package io.procession.engine.zt;

import java.io.File;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
 */
record ExecChain(List<String> tools, Map<String, String> late) {

	static final ExecChain NONE = new ExecChain(List.of(), Map.of());

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
	 */
	static ExecChain of(Launch launch, @Nullable IsolationPlan plan, @Nullable ControlGroup group) {
		boolean quit = launch.spec().stopSignal() == Signal.QUIT && Runtime.version().feature() < QUIT_UNBLOCKED_SINCE;
		if (plan == null && !launch.detached() && !quit) {
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
		if (quit || !late.isEmpty()) {
			chain.add(IsolationPlan.require(Tool.ENV).toString());
			if (quit) {
				chain.add("--default-signal=QUIT");
			}
			late.forEach((name, value) -> chain.add(name + "=" + value));
		}
		return new ExecChain(chain, late);
	}

	/** Whether a variable changes what the tools themselves do. */
	static boolean isReadByTools(String name) {
		return READ_BY_TOOLS.matcher(name).matches();
	}

	boolean isEmpty() {
		return this.tools.isEmpty();
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
