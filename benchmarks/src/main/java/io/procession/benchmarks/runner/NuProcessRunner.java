package io.procession.benchmarks.runner;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

import com.zaxxer.nuprocess.NuAbstractProcessHandler;
import com.zaxxer.nuprocess.NuProcessBuilder;

/**
 * NuProcess, by the method that runs on the calling thread: {@code start()} and
 * {@code waitFor} stall for a quarter of a second in many runs.
 */
final class NuProcessRunner implements Runner {

	@Override
	public String run(List<String> command) {
		Handler handler = new Handler();
		new NuProcessBuilder(handler, command).run();
		if (handler.exitCode != 0) {
			throw new IllegalStateException(command + " exited with " + handler.exitCode + ": " + handler.error);
		}
		return handler.output.toString(StandardCharsets.UTF_8);
	}

	private static final class Handler extends NuAbstractProcessHandler {

		private final ByteArrayOutputStream output = new ByteArrayOutputStream();

		private final ByteArrayOutputStream error = new ByteArrayOutputStream();

		private int exitCode = -1;

		@Override
		public void onStdout(ByteBuffer buffer, boolean closed) {
			append(buffer, this.output);
		}

		@Override
		public void onStderr(ByteBuffer buffer, boolean closed) {
			append(buffer, this.error);
		}

		@Override
		public void onExit(int statusCode) {
			this.exitCode = statusCode;
		}

		private static void append(ByteBuffer buffer, ByteArrayOutputStream to) {
			byte[] bytes = new byte[buffer.remaining()];
			buffer.get(bytes);
			to.writeBytes(bytes);
		}

	}

}
