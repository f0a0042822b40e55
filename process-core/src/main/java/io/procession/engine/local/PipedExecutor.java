package io.procession.engine.local;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

import org.jspecify.annotations.Nullable;
import org.zeroturnaround.exec.MessageLoggers;
import org.zeroturnaround.exec.ProcessExecutor;
import org.zeroturnaround.exec.stream.ExecuteStreamHandler;

/**
 * zt-exec, restricted to building and starting a child process with pipes. Its waiting
 * task never runs, as it would close streams that are still being read. Its stream
 * handler does nothing, as pumps are started once the process is registered. Its loggers
 * are disabled, as they print the environment.
 */
final class PipedExecutor extends ProcessExecutor {

	PipedExecutor(ExecRequest request) {
		super(request.arguments());
		if (request.directory() != null) {
			directory(request.directory().toFile());
		}
		request.environment().apply(this::environment, (name) -> environment(name, null));
		redirectErrorStream(request.mergeError());
		streams(new NoStreams());
		setMessageLogger(MessageLoggers.NOP);
	}

	Process spawn() throws IOException {
		return start().getProcess();
	}

	@Override
	protected @Nullable ExecutorService newExecutor(String processName) {
		return null;
	}

	@Override
	protected <T> @Nullable Future<T> invokeSubmit(@Nullable ExecutorService executor, Callable<T> task) {
		return null;
	}

	private static final class NoStreams implements ExecuteStreamHandler {

		@Override
		public void setProcessInputStream(OutputStream stream) {
			// written by the owner of the process
		}

		@Override
		public void setProcessErrorStream(InputStream stream) {
			// read by a pump
		}

		@Override
		public void setProcessOutputStream(InputStream stream) {
			// read by a pump
		}

		@Override
		public void start() {
			// pumps are not managed by zt-exec
		}

		@Override
		public void stop() {
			// never called: the waiting task does not run
		}

	}

}
