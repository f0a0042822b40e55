package io.procession.engine.zt;

import io.procession.process.Terminal;

/**
 * A process on a terminal of its own. Apart from the one class that does it, so that
 * pty4j need not be there.
 */
interface Resizable {

	/** Changes the size, unless it has ended. */
	void resize(Terminal.Pseudo size);

}
