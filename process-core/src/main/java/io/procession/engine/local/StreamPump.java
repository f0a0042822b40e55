package io.procession.engine.local;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.procession.engine.OutputSink;

/**
 * Task that reads a stream of a process to its end and then closes it. No other code
 * closes the stream, as the next read could then use a descriptor that has been reused.
 */
final class StreamPump implements Runnable {

	private static final Logger logger = LoggerFactory.getLogger(StreamPump.class);

	private final InputStream stream;

	private final OutputSink sink;

	/** Allocated in advance, as no memory may be left when it is needed. */
	private final byte[] spare = new byte[512];

	private @Nullable IOException failure;

	StreamPump(InputStream stream, OutputSink sink) {
		this.stream = stream;
		this.sink = sink;
	}

	@Override
	public void run() {
		try {
			pump();
		}
		catch (IOException ex) {
			this.failure = ex;
		}
		finally {
			try {
				close();
			}
			finally {
				this.sink.ended();
			}
		}
		if (this.failure != null) {
			// last, because logging may block
			logger.debug("Process output ended early: {}", this.failure.toString());
		}
	}

	private void pump() throws IOException {
		try {
			while (read()) {
				// the bytes are in the sink
			}
		}
		catch (RuntimeException | Error ex) {
			// the process must neither hang on a full pipe nor be killed by a closed one
			this.sink.failed(ex);
			while (this.stream.read(this.spare) >= 0) {
				// discarded
			}
		}
	}

	private boolean read() throws IOException {
		ByteBuffer space = this.sink.space();
		int count = this.stream.read(space.array(), space.arrayOffset() + space.position(), space.remaining());
		return count >= 0 && (count == 0 || this.sink.received(count));
	}

	private void close() {
		try {
			this.stream.close();
		}
		catch (IOException ex) {
			this.failure = ex;
		}
	}

}
