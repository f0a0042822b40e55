package io.procession.engine.local;

import io.procession.process.Terminal;

/**
 * Process on a terminal of its own. Separate from its only implementation, so that pty4j
 * is optional.
 */
interface Resizable {

	/** Set the size of the terminal unless the process has exited. */
	void resize(Terminal.Pseudo size);

}
