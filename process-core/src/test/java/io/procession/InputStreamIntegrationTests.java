package io.procession;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

import org.junit.jupiter.api.Test;

import io.procession.execution.RunningPipeline;
import io.procession.execution.RunningProcess;
import io.procession.process.ProcessResult;
import io.procession.testing.RealProcesses;

import static io.procession.testing.Bounds.SOON;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for streams as standard input that provide their bytes gradually.
 */
@RealProcesses
class InputStreamIntegrationTests {

	private static final String ANSWERS = "while read line; do echo \"got $line\"; done";

	@Test
	void passesOnDataFromSocket(ProcessManager processes) throws IOException {
		try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
				Socket client = new Socket(server.getInetAddress(), server.getLocalPort());
				Socket accepted = server.accept()) {
			RunningProcess process = processes.shell(ANSWERS).input(accepted.getInputStream()).start();

			for (String word : new String[] { "one", "two" }) {
				client.getOutputStream().write((word + "\n").getBytes(StandardCharsets.UTF_8));
				assertThat(process.waitUntil((type, line) -> line.equals("got " + word), SOON)).isTrue();
			}
			client.shutdownOutput();

			assertThat(process.waitFor().outputLines()).containsExactly("got one", "got two");
		}
	}

	@Test
	void passesOnDataFromPipeToPipeline(ProcessManager processes) throws IOException {
		try (PipedOutputStream writer = new PipedOutputStream();
				PipedInputStream reader = new PipedInputStream(writer)) {
			RunningPipeline pipeline = processes.pipeline()
				.input(reader)
				.pipe("cat")
				.pipe(processes.shell(ANSWERS))
				.start();

			writer.write("one\n".getBytes(StandardCharsets.UTF_8));
			writer.flush();

			RunningProcess last = pipeline.stages().get(1);
			assertThat(last.waitUntil((type, line) -> line.equals("got one"), SOON)).isTrue();
			writer.close();
			assertThat(pipeline.waitFor().output()).isEqualTo("got one\n");
		}
	}

	@Test
	void passesOnDataFromInflatingStream(ProcessManager processes) throws IOException {
		try (PipedOutputStream writer = new PipedOutputStream();
				PipedInputStream reader = new PipedInputStream(writer)) {
			GZIPOutputStream zip = new GZIPOutputStream(writer, true);
			zip.write("one\n".getBytes(StandardCharsets.UTF_8));
			zip.flush();
			writer.flush();
			RunningProcess process = processes.shell(ANSWERS).input(new GZIPInputStream(reader)).start();

			assertThat(process.waitUntil((type, line) -> line.equals("got one"), SOON)).isTrue();
			zip.close();
			assertThat(process.waitFor().output()).isEqualTo("got one\n");
		}
	}

	@Test
	void passesOnDataFromStreamWithoutAvailableCount(ProcessManager processes) {
		byte[] bytes = new byte[100_000];
		Arrays.fill(bytes, (byte) 'x');

		ProcessResult result = processes.command("cat").input(new WithoutSize(bytes)).run();

		assertThat(result.outputBytes()).isEqualTo(bytes);
		assertThat(result.outputComplete()).isTrue();
	}

	/**
	 * Provides a hundred bytes at a time.
	 */
	private static final class WithoutSize extends InputStream {

		private final ByteArrayInputStream bytes;

		private WithoutSize(byte[] bytes) {
			this.bytes = new ByteArrayInputStream(bytes);
		}

		@Override
		public int read() {
			return this.bytes.read();
		}

		@Override
		public int read(byte[] target, int offset, int length) {
			return this.bytes.read(target, offset, Math.min(length, 100));
		}

		@Override
		public int available() throws IOException {
			throw new IOException("not known");
		}

	}

}
