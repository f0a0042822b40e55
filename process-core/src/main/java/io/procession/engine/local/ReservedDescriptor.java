package io.procession.engine.local;

import java.io.FileInputStream;
import java.io.IOException;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * File descriptor kept open in reserve for the case that the JVM has no other left. A
 * scan of the processes uses one descriptor at a time. So does a signal, since the JDK
 * reads a process before it signals it. <i>Thread-safe.</i>
 */
final class ReservedDescriptor implements AutoCloseable {

	private static final String NULL_DEVICE = "/dev/null";

	/** Guards the fields below. */
	private final Object lock = new Object();

	private volatile @Nullable FileInputStream held;

	private boolean closed;

	/** Reserve a descriptor unless one is already reserved. */
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
			// no descriptor is left, or there is no such device: the next call tries
			// again
			return null;
		}
	}

	/**
	 * Perform an action that needs a descriptor, using the reserved one if no other is
	 * left. The action may block and is performed without a lock.
	 * @param action the action, which throws {@link NoDescriptorException} if it lacks a
	 * descriptor and is then performed again
	 * @return the result of the action
	 * @throws NoDescriptorException if no descriptor is available nevertheless
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
				// nothing has been written to it
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
