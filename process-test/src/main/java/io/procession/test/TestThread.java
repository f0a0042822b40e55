package io.procession.test;

import java.util.Arrays;

/**
 * A test whose thread is observed while it waits.
 *
 * @param thread the thread of the test
 * @param className name of the class that called the fakes; empty for any class
 */
record TestThread(Thread thread, String className) {

	boolean isParked() {
		return ThreadWatch.isParked(this.thread);
	}

	/** Return whether the thread still executes this test and not another one. */
	boolean isPresent() {
		return this.className.isEmpty() || Arrays.stream(this.thread.getStackTrace())
			.anyMatch((frame) -> frame.getClassName().equals(this.className));
	}

}
