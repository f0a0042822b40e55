package io.procession.engine.zt;

import java.io.IOException;
import java.io.Serial;
import java.io.UncheckedIOException;

/**
 * Thrown when something cannot be read since the JVM has no file descriptor left, which
 * says nothing about what was to be read.
 */
final class NoDescriptorException extends UncheckedIOException {

	@Serial
	private static final long serialVersionUID = 1;

	NoDescriptorException(IOException cause) {
		super(cause);
	}

}
