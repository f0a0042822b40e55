package io.procession.engine.zt;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * One file descriptor put by for the day when the JVM has no other: to look at processes
 * takes one at a time, and the JDK looks before it sends a signal. <i>Thread-safe.</i>
 */
final class SpareDescriptor implements AutoCloseable {

	private static final String NULL_DEVICE = "/dev/null";

	/** Guards everything below, and is held while the descriptor is lent. */
	private final Object lock = new Object();

	private volatile @Nullable FileInputStream held;

	private boolean closed;

	/** Puts one by, unless one is. */
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
			// there is none, or no such device: it is tried again when it was missed
			return null;
		}
	}

	/**
	 * Does something that needs a descriptor, with the one put by should there be no
	 * other.
	 * @param action what to do; throws if it lacks a descriptor, and is then done again
	 * @return what the action returns
	 * @throws UncheckedIOException if there is no descriptor all the same
	 */
	<T> T lend(Supplier<T> action) {
		try {
			return action.get();
		}
		catch (UncheckedIOException ex) {
			synchronized (this.lock) {
				letGo();
				try {
					return action.get();
				}
				finally {
					hold();
				}
			}
		}
	}

	private void letGo() {
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
			letGo();
		}
	}

}
