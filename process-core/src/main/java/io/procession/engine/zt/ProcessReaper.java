package io.procession.engine.zt;

import java.io.IOException;

/**
 * Keeps the threads that wait for processes from holding on to an application. Such a
 * thread inherits the context class loader of the thread that starts the process, and may
 * outlive the application.
 */
final class ProcessReaper {

	private ProcessReaper() {
	}

	/** Start something without a context class loader that its thread could inherit. */
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
	 * Starts one or more processes.
	 *
	 * @param <T> what was started
	 */
	interface Starter<T> {

		T start() throws IOException;

	}

}
