package io.procession.engine.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

import io.procession.process.Signal;

/**
 * Sender of signals to processes whose identity has been verified. TERM and KILL are sent
 * through {@link ProcessHandle}, which is inexpensive and verifies the start time once
 * more. Other signals are sent by a single shell to all processes, since the JDK does not
 * provide {@code kill(2)}.
 */
final class Signals {

	private static final boolean LINUX = System.getProperty("os.name", "").equals("Linux");

	private final Duration shellBound;

	/**
	 * Create a sender.
	 * @param shellBound the maximum time for the shell to send a signal
	 */
	Signals(Duration shellBound) {
		this.shellBound = shellBound;
	}

	/**
	 * Send a signal.
	 * @param signal the signal to send
	 * @param processes the receivers; those that have exited, or whose PID has been
	 * reused, are skipped
	 * @return whether at least one of them was alive
	 * @throws NoDescriptorException if no file descriptor is left to send the signal;
	 * some of the processes may have received it
	 * @throws UncheckedIOException if no shell can be started to send the signal
	 * @throws IllegalStateException if the shell did not finish in time
	 */
	boolean send(Signal signal, List<ProcStat> processes) {
		boolean sent = false;
		List<Long> others = new ArrayList<>();
		NoDescriptorException failure = null;
		for (ProcStat process : processes) {
			try {
				ProcessHandle handle = verified(process);
				if (handle == null) {
					continue;
				}
				sent = true;
				if (signal.equals(Signal.TERM)) {
					insist(handle::destroy, process);
				}
				else if (signal.equals(Signal.KILL)) {
					insist(handle::destroyForcibly, process);
				}
				else {
					others.add(process.pid());
				}
			}
			catch (NoDescriptorException ex) {
				// continue with the other processes
				failure = ex;
			}
		}
		if (!others.isEmpty()) {
			kill(signal, others);
		}
		if (failure != null) {
			throw failure;
		}
		return sent;
	}

	/**
	 * Send a signal to a child of this JVM that has not been reaped.
	 * @param signal the signal to send
	 * @param child the child process
	 * @return {@code true}; a failure is reported by an exception
	 */
	boolean sendToChild(Signal signal, ProcessHandle child) {
		// the handle refuses if the start time of the child is no longer readable, such
		// as with hidepid once the child has become another user's
		boolean sent = (signal == Signal.TERM && child.destroy()) || (signal == Signal.KILL && child.destroyForcibly());
		if (!sent) {
			kill(signal, List.of(child.pid()));
		}
		return true;
	}

	/**
	 * Send a signal through the JDK, which does nothing if it has no file descriptor to
	 * read the process with. Tries again once, as another thread may just have used the
	 * last one.
	 * @return whether the signal was sent; {@code false} if the process has exited or
	 * must not be signaled
	 */
	private static boolean insist(BooleanSupplier send, ProcStat process) {
		return send.getAsBoolean() || (ProcStat.read(process.pid()) != null && send.getAsBoolean());
	}

	// the handle is obtained first: if the process is the same afterwards, the handle
	// refers to it; without a file descriptor there is no handle
	private static @Nullable ProcessHandle verified(ProcStat process) {
		if (process.pid() == ProcessHandle.current().pid()) {
			return null;
		}
		Optional<ProcessHandle> handle = ProcessHandle.of(process.pid());
		ProcStat now = ProcStat.read(process.pid());
		if (now == null) {
			// not Linux: rely on the handle
			return LINUX ? null : handle.orElse(null);
		}
		if (!now.isAlive() || now.startTicks() != process.startTicks()) {
			return null;
		}
		return handle.orElseThrow(
				() -> new NoDescriptorException(new IOException("No process handle for PID " + process.pid())));
	}

	// no logging here: a stop must not wait for an appender
	private void kill(Signal signal, List<Long> pids) {
		List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", "kill \"$@\"", "sh", "-" + signal.number()));
		pids.forEach((pid) -> command.add(Long.toString(pid)));
		ProcessBuilder builder = new ProcessBuilder(command);
		builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
		try {
			Process kill = builder.start();
			kill.getOutputStream().close();
			if (!kill.waitFor(TimeUnit.NANOSECONDS.convert(this.shellBound), TimeUnit.NANOSECONDS)) {
				kill.destroyForcibly();
				throw new IllegalStateException("Signal " + signal + " could not be sent within " + this.shellBound);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Signal " + signal + " could not be sent through /bin/sh", ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
