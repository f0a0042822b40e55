package io.procession.engine.zt;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

import org.jspecify.annotations.Nullable;
import org.zeroturnaround.exec.MessageLoggers;
import org.zeroturnaround.exec.ProcessExecutor;
import org.zeroturnaround.exec.stream.ExecuteStreamHandler;

/**
 * zt-exec, cut down to what it is good at: building and starting a piped child. Its
 * waiting task never runs, for it would close streams under their readers; its stream
 * handler does nothing, for pumps start when the process is in the books; its loggers are
 * off, for they print the environment.
 */
final class PipedExecutor extends ProcessExecutor {

	PipedExecutor(List<String> arguments, boolean mergeError) {
		super(arguments);
		redirectErrorStream(mergeError);
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
			// whoever runs the process writes to it
		}

		@Override
		public void setProcessErrorStream(InputStream stream) {
			// a pump reads it
		}

		@Override
		public void setProcessOutputStream(InputStream stream) {
			// a pump reads it
		}

		@Override
		public void start() {
			// pumps are not zt-exec's
		}

		@Override
		public void stop() {
			// never called: the waiting task does not run
		}

	}

}
