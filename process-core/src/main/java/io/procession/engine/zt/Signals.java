package io.procession.engine.zt;

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
 * Sends signals to processes whose identity was checked. TERM and KILL go through
 * {@link ProcessHandle}, which costs nothing and checks the start time once more, the
 * others through one shell for all, since the JDK has no {@code kill(2)}.
 */
final class Signals {

	private static final boolean LINUX = System.getProperty("os.name", "").equals("Linux");

	private final Duration shellBound;

	/**
	 * A sender of signals.
	 * @param shellBound how long the shell may take
	 */
	Signals(Duration shellBound) {
		this.shellBound = shellBound;
	}

	/**
	 * Sends a signal.
	 * @param signal what to send
	 * @param processes who gets it; whoever is gone, or whose PID means another by now,
	 * is left alone
	 * @return whether one of them was there
	 * @throws NoDescriptorException if no descriptor is left to send it with; some of
	 * them may have got it
	 * @throws UncheckedIOException if there is no shell to send it by
	 * @throws IllegalStateException if sending it took too long
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
				// the others get it all the same
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
	 * @param signal what to send
	 * @param child the child
	 * @return whether it was sent
	 */
	boolean sendToChild(Signal signal, ProcessHandle child) {
		// the handle refuses where it could read the start of the child only at first,
		// such
		// as with hidepid before the child had become another user's
		boolean sent = (signal == Signal.TERM && child.destroy()) || (signal == Signal.KILL && child.destroyForcibly());
		if (!sent) {
			kill(signal, List.of(child.pid()));
		}
		return true;
	}

	/**
	 * Sends a signal by the JDK, which does nothing where it has no descriptor to look
	 * with: somebody else may have taken it just then.
	 * @return whether it was sent; not if it is gone, or not ours to signal
	 */
	private static boolean insist(BooleanSupplier send, ProcStat process) {
		return send.getAsBoolean() || (ProcStat.read(process.pid()) != null && send.getAsBoolean());
	}

	// the handle is taken first: if the same process is there afterwards, the handle is
	// its; without a descriptor there is none
	private static @Nullable ProcessHandle verified(ProcStat process) {
		if (process.pid() == ProcessHandle.current().pid()) {
			return null;
		}
		Optional<ProcessHandle> handle = ProcessHandle.of(process.pid());
		ProcStat now = ProcStat.read(process.pid());
		if (now == null) {
			// not Linux: the handle alone has to do
			return LINUX ? null : handle.orElse(null);
		}
		if (!now.isAlive() || now.startTicks() != process.startTicks()) {
			return null;
		}
		return handle
			.orElseThrow(() -> new NoDescriptorException(new IOException("No handle of process " + process.pid())));
	}

	// nothing is logged here: a stop must not wait for an appender
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
			throw new UncheckedIOException("Signal " + signal + " could not be sent by a shell", ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
