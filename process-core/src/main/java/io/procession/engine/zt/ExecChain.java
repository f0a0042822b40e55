package io.procession.engine.zt;

import java.io.File;
import java.util.ArrayList;
import java.util.List;

import io.procession.engine.Launch;
import io.procession.process.Signal;

/**
 * The tools that stand before a program: each sets one thing and then becomes the next by
 * {@code execve(2)}, so that the PID stays. Only those that have something to do.
 */
final class ExecChain {

	/** The first JDK whose children do not start with QUIT blocked. */
	private static final int QUIT_UNBLOCKED_SINCE = 25;

	private ExecChain() {
	}

	static List<String> of(Launch launch) {
		List<String> chain = new ArrayList<>();
		if (launch.detached() && exists("setsid")) {
			// out of the JVM's session: no terminal, no Ctrl-C
			chain.add("setsid");
		}
		if (launch.spec().stopSignal() == Signal.QUIT && Runtime.version().feature() < QUIT_UNBLOCKED_SINCE) {
			chain.addAll(List.of("env", "--default-signal=QUIT"));
		}
		return chain;
	}

	private static boolean exists(String tool) {
		String path = System.getenv("PATH");
		for (String folder : ((path != null) ? path : LaunchCheck.DEFAULT_PATH).split(":")) {
			if (new File(folder, tool).canExecute()) {
				return true;
			}
		}
		return false;
	}

}
