package io.procession.execution.output;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.procession.concurrent.TimeSource;
import io.procession.testing.Threads;

import static io.procession.testing.Bounds.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

@Timeout(30)
class BoundedPipeTests {

	private static final int CAPACITY = 64 * 1024;

	private final BoundedPipe pipe = new BoundedPipe(TimeSource.system());

	private static byte[] random(int length, long seed) {
		byte[] bytes = new byte[length];
		new Random(seed).nextBytes(bytes);
		return bytes;
	}

	private static void awaitParked(Thread thread) {
		await().atMost(SOON).until(() -> thread.getState() == Thread.State.WAITING);
	}

	@Test
	void returnsWrittenBytesAndThenEndOfStream() throws Exception {
		this.pipe.write(ByteBuffer.wrap(new byte[] { 1, (byte) 0xff, 3 }));
		this.pipe.end();

		assertThat(this.pipe.available()).isEqualTo(3);
		assertThat(this.pipe.read()).isEqualTo(1);
		assertThat(this.pipe.read()).isEqualTo(0xff);
		byte[] rest = new byte[10];
		assertThat(this.pipe.read(rest, 0, 0)).isZero();
		assertThat(this.pipe.read(rest, 5, 5)).isEqualTo(1);
		assertThat(rest[5]).isEqualTo((byte) 3);
		assertThat(this.pipe.read()).isEqualTo(-1);
		assertThat(this.pipe.read(rest, 0, 10)).isEqualTo(-1);
	}

	@Test
	void doesNotWaitForReaderOnceEnded() throws Exception {
		Thread writer = Threads.start(() -> this.pipe.write(ByteBuffer.wrap(new byte[CAPACITY + 1])));
		awaitParked(writer);

		this.pipe.end();

		writer.join();
		assertThat(this.pipe.readAllBytes()).hasSize(CAPACITY);
	}

	@Test
	void preservesEveryByteInOrder() throws Exception {
		byte[] bytes = random(1_000_003, 1);
		Thread writer = Threads.start(() -> {
			Random random = new Random(2);
			ByteBuffer rest = ByteBuffer.wrap(bytes);
			while (rest.hasRemaining()) {
				int part = Math.min(rest.remaining(), 1 + random.nextInt(2 * CAPACITY));
				this.pipe.write(rest.slice(rest.position(), part).asReadOnlyBuffer());
				rest.position(rest.position() + part);
			}
			this.pipe.end();
		});

		assertThat(this.pipe.readAllBytes()).isEqualTo(bytes);
		writer.join();
	}

	@Test
	void waitsForBytes() throws Exception {
		CompletableFuture<Integer> read = new CompletableFuture<>();
		Thread reader = Threads.start(() -> {
			try {
				read.complete(this.pipe.read());
			}
			catch (IOException ex) {
				read.completeExceptionally(ex);
			}
		});
		awaitParked(reader);

		this.pipe.write(ByteBuffer.wrap(new byte[] { 42 }));

		assertThat(read).succeedsWithin(SOON).isEqualTo(42);
	}

	@Test
	void blocksWriterWhileFull() throws Exception {
		Thread writer = Threads.start(() -> this.pipe.write(ByteBuffer.wrap(new byte[CAPACITY + 10])));

		awaitParked(writer);
		assertThat(this.pipe.available()).isEqualTo(CAPACITY);
		assertThat(this.pipe.readNBytes(10)).hasSize(10);
		writer.join(SOON.toMillis());

		assertThat(writer.isAlive()).isFalse();
		assertThat(this.pipe.available()).isEqualTo(CAPACITY);
	}

	@Test
	void releasesWriterWhenReaderCloses() throws Exception {
		Thread writer = Threads.start(() -> this.pipe.write(ByteBuffer.wrap(new byte[10 * CAPACITY])));
		awaitParked(writer);

		this.pipe.close();
		writer.join(SOON.toMillis());
		this.pipe.write(ByteBuffer.wrap(new byte[10 * CAPACITY]));

		assertThat(writer.isAlive()).isFalse();
	}

	@Test
	void returnsNoNewBytesOnceClosed() throws Exception {
		this.pipe.close();
		this.pipe.write(ByteBuffer.wrap(new byte[1]));

		assertThat(this.pipe.read()).isEqualTo(-1);
	}

	@Test
	void isReadableUntilReaderIsInterrupted() {
		AtomicReference<Throwable> thrown = new AtomicReference<>();
		AtomicReference<Boolean> flag = new AtomicReference<>();
		Thread reader = Threads.start(() -> {
			try {
				this.pipe.read();
			}
			catch (IOException ex) {
				thrown.set(ex);
				flag.set(Thread.currentThread().isInterrupted());
			}
		});
		awaitParked(reader);

		reader.interrupt();

		await().atMost(SOON).until(() -> flag.get() != null);
		assertThat(thrown.get()).isInstanceOf(InterruptedIOException.class);
		assertThat(flag.get()).isTrue();
	}

	@Test
	void respectsBoundsOfArray() {
		this.pipe.write(ByteBuffer.wrap(new byte[10]));

		assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> this.pipe.read(new byte[5], 2, 4));
		assertThat(this.pipe.available()).isEqualTo(10);
	}

}
