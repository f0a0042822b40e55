package io.procession.test;

import java.util.Arrays;

/**
 * A test that must not be kept waiting.
 *
 * @param thread the thread that it runs on
 * @param className the class that has called the fakes; empty if any may have
 */
record TestThread(Thread thread, String className) {

	boolean isParked() {
		return ThreadWatch.isParked(this.thread);
	}

	/** Whether its thread runs this test, and not another one meanwhile. */
	boolean isPresent() {
		return this.className.isEmpty() || Arrays.stream(this.thread.getStackTrace())
			.anyMatch((frame) -> frame.getClassName().equals(this.className));
	}

}
