package io.procession.engine.local;

import java.io.IOException;
import java.io.Serial;
import java.io.UncheckedIOException;

/**
 * Thrown when a read fails because the JVM has no file descriptor left. The failure does
 * not imply that the object to be read does not exist.
 */
final class NoDescriptorException extends UncheckedIOException {

	@Serial
	private static final long serialVersionUID = 1;

	NoDescriptorException(IOException cause) {
		super(cause);
	}

}
