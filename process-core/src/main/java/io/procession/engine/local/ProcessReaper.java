package io.procession.engine.local;

import java.io.IOException;

/**
 * Support for starting processes without a context class loader. The thread that waits
 * for a process inherits the context class loader of the thread that starts it, and would
 * keep an application in memory that it outlives.
 */
final class ProcessReaper {

	private ProcessReaper() {
	}

	/**
	 * Start a process without a context class loader that its reaper thread could
	 * inherit.
	 */
	static <T> T start(Starter<T> starter) throws IOException {
		Thread thread = Thread.currentThread();
		ClassLoader contextClassLoader = thread.getContextClassLoader();
		try {
			thread.setContextClassLoader(null);
			return starter.start();
		}
		finally {
			thread.setContextClassLoader(contextClassLoader);
		}
	}

	/**
	 * Action that starts one or more processes.
	 *
	 * @param <T> type of the result
	 */
	interface Starter<T> {

		T start() throws IOException;

	}

}
