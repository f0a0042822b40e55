package io.procession.testing;

/**
 * Shell scripts that behave badly in ways that many tests need. Each prints {@code ready}
 * once it has begun to.
 */
public final class Scripts {

	/** Runs for a long time and ignores TERM. */
	public static final String IGNORES_TERM = "trap '' TERM; echo ready; while :; do sleep 300; done";

	/** Runs for a long time, with a child in its own session that ignores TERM. */
	public static final String DAEMONIZES = "(setsid sh -c \"trap '' TERM; sleep 300\" <&- >/dev/null 2>&1 &);"
			+ " echo ready; sleep 300";

	/** Ends immediately, leaving a daemon behind. */
	public static final String LEAVES_DAEMON = "(setsid sh -c 'sleep 300' <&- >/dev/null 2>&1 &); echo ready";

	/** Writes to both streams indefinitely. */
	public static final String FLOODS = "echo ready; yes stdout & yes stderr >&2";

	/** Runs for a long time and erases its arguments and environment, as daemons do. */
	public static final String OVERWRITES_TITLE = "exec perl -e '$| = 1; $0 = \"x\" x 20000; print \"ready\\n\"; sleep 300'";

	/** Like {@link #OVERWRITES_TITLE}, with line breaks in its name. */
	public static final String NAMES_LINE_ENDS = "exec perl -e '$| = 1; $0 = \"x\\n) S 1 1\\n\" . \"x\" x 20000;"
			+ " print \"ready\\n\"; sleep 300'";

	/** Runs for a long time, with descendants that do not inherit its environment. */
	public static final String CLEARS_ENVIRONMENT = "env -i sh -c 'sleep 300 & sleep 300' & echo ready; wait";

	/** Runs for a long time. */
	public static final String SLEEPS = "echo ready; exec sleep 300";

	private Scripts() {
	}

}
