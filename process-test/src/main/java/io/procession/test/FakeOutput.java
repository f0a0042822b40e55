package io.procession.test;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;

import org.jspecify.annotations.Nullable;

import io.procession.engine.OutputSink;

/**
 * Destination of an output stream of a fake process: a sink, a file, the next process of
 * a pipeline, or none. <i>Confined to the task of the process.</i>
 */
final class FakeOutput {

	private @Nullable OutputSink sink;

	private final @Nullable OutputStream stream;

	private boolean closed;

	FakeOutput(@Nullable OutputStream stream) {
		this.stream = stream;
	}

	void connect(@Nullable OutputSink value) {
		this.sink = value;
	}

	/**
	 * Write bytes.
	 * @return whether the destination still reads; if not, a program is ended by PIPE
	 */
	boolean write(byte[] bytes) {
		if (this.stream != null) {
			try {
				this.stream.write(bytes);
				return true;
			}
			catch (IOException ex) {
				return false;
			}
		}
		OutputSink to = this.sink;
		return to == null || write(bytes, to);
	}

	private boolean write(byte[] bytes, OutputSink to) {
		if (this.closed) {
			return false;
		}
		try {
			ByteBuffer left = ByteBuffer.wrap(bytes);
			while (left.hasRemaining() && !this.closed) {
				ByteBuffer space = to.space();
				int count = Math.min(space.remaining(), left.remaining());
				left.get(space.array(), space.arrayOffset() + space.position(), count);
				this.closed = !to.received(count);
			}
		}
		catch (RuntimeException | Error ex) {
			// like a pump, which discards the remaining output
			to.failed(ex);
			this.sink = null;
			to.ended();
		}
		return true;
	}

	void end() {
		try {
			if (this.stream != null) {
				this.stream.close();
			}
		}
		catch (IOException ex) {
			// the next process has already ended
			this.closed = true;
		}
		OutputSink to = this.sink;
		this.sink = null;
		if (to != null) {
			to.ended();
		}
	}

}
