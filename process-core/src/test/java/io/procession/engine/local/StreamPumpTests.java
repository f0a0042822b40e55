package io.procession.engine.local;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import io.procession.engine.OutputSink;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link StreamPump}.
 */
class StreamPumpTests {

	private final TrackedStream stream = new TrackedStream(new byte[10_000]);

	@Test
	void readsToTheEnd() {
		RecordingSink sink = new RecordingSink(Integer.MAX_VALUE, null);

		new StreamPump(this.stream, sink).run();

		assertThat(sink.total).isEqualTo(10_000);
		assertThat(sink.events).containsExactly("ended");
		assertThat(this.stream.closed).isTrue();
	}

	@Test
	void stopsAndClosesWithoutReader() {
		RecordingSink sink = new RecordingSink(1, null);

		new StreamPump(this.stream, sink).run();

		assertThat(this.stream.available()).isPositive();
		assertThat(sink.events).containsExactly("ended");
		assertThat(this.stream.closed).isTrue();
	}

	@Test
	void discardsRestWhenSinkFails() {
		RecordingSink sink = new RecordingSink(Integer.MAX_VALUE, new OutOfMemoryError("planned"));

		new StreamPump(this.stream, sink).run();

		assertThat(this.stream.available()).isZero();
		assertThat(sink.events).containsExactly("failed planned", "ended");
		assertThat(this.stream.closed).isTrue();
	}

	@Test
	void endsWhenStreamFails() {
		RecordingSink sink = new RecordingSink(Integer.MAX_VALUE, null);
		InputStream failing = new InputStream() {

			@Override
			public int read() throws IOException {
				throw new IOException("Stream closed");
			}

		};

		new StreamPump(failing, sink).run();

		assertThat(sink.events).containsExactly("ended");
	}

	private static final class TrackedStream extends ByteArrayInputStream {

		private boolean closed;

		private TrackedStream(byte[] bytes) {
			super(bytes);
		}

		@Override
		public void close() {
			this.closed = true;
		}

	}

	private static final class RecordingSink implements OutputSink {

		private final ByteBuffer space = ByteBuffer.allocate(100);

		private final int reads;

		private final Error failure;

		private final List<String> events = new ArrayList<>();

		private int total;

		private int count;

		private RecordingSink(int reads, Error failure) {
			this.reads = reads;
			this.failure = failure;
		}

		@Override
		public ByteBuffer space() {
			return this.space;
		}

		@Override
		public boolean received(int bytes) {
			if (this.failure != null) {
				throw this.failure;
			}
			this.total += bytes;
			this.count++;
			return this.count < this.reads;
		}

		@Override
		public void failed(Throwable cause) {
			this.events.add("failed " + cause.getMessage());
		}

		@Override
		public void ended() {
			this.events.add("ended");
		}

	}

}
