package io.procession.engine.zt;

import java.io.FileInputStream;
import java.io.IOException;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * A file descriptor that is kept open for the moment when the JVM has no other left: a
 * scan of the processes takes one at a time, and so does a signal, since the JDK reads a
 * process before it signals it. <i>Thread-safe.</i>
 */
final class ReservedDescriptor implements AutoCloseable {

	private static final String NULL_DEVICE = "/dev/null";

	/** Guards everything below. */
	private final Object lock = new Object();

	private volatile @Nullable FileInputStream held;

	private boolean closed;

	/** Reserve a descriptor, unless one is reserved already. */
	void hold() {
		if (this.held != null) {
			return;
		}
		synchronized (this.lock) {
			if (this.held == null && !this.closed) {
				this.held = open();
			}
		}
	}

	private static @Nullable FileInputStream open() {
		try {
			return new FileInputStream(NULL_DEVICE);
		}
		catch (IOException ex) {
			// none is left, or there is no such device: the next call tries again
			return null;
		}
	}

	/**
	 * Do something that needs a descriptor, with the reserved one if no other is left.
	 * The action may block: it is done without a lock.
	 * @param action what to do; throws {@link NoDescriptorException} if it lacks a
	 * descriptor, and is then done again
	 * @return what the action returns
	 * @throws NoDescriptorException if there is no descriptor all the same
	 */
	<T> T lend(Supplier<T> action) {
		try {
			return action.get();
		}
		catch (NoDescriptorException ex) {
			synchronized (this.lock) {
				release();
			}
			try {
				return action.get();
			}
			finally {
				hold();
			}
		}
	}

	private void release() {
		FileInputStream stream = this.held;
		this.held = null;
		if (stream != null) {
			try {
				stream.close();
			}
			catch (IOException ex) {
				// nothing was written to it
				return;
			}
		}
	}

	@Override
	public void close() {
		synchronized (this.lock) {
			this.closed = true;
			release();
		}
	}

}
