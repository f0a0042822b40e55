package io.procession.test;

import java.util.Arrays;

/**
 * A test that must not be kept waiting.
 *
 * @param thread what it runs on
 * @param className the class that spoke to the fakes; empty if any may have
 */
record Tester(Thread thread, String className) {

	/** Whether it waits, and not another test that has its thread now. */
	boolean isParked() {
		return Strand.isParked(this.thread) && (this.className.isEmpty() || Arrays.stream(this.thread.getStackTrace())
			.anyMatch((frame) -> frame.getClassName().equals(this.className)));
	}

}
