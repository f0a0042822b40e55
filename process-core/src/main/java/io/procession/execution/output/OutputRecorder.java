package io.procession.execution.output;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

import io.procession.concurrent.BackgroundLog;
import io.procession.engine.OutputSink;
import io.procession.process.CapturedOutput;
import io.procession.process.OutputType;

/**
 * Handles the bytes that a pump reads from one stream: captures them, writes them to a
 * file, passes them to the listeners. There is one recorder for each stream that is read.
 * Its pump writes to it, and any thread can query it.
 */
public final class OutputRecorder implements OutputSink {

	/**
	 * Size of the largest read, with the highest throughput for bytes (16 KiB) and for
	 * lines (64 KiB).
	 */
	private static final int LARGEST_READ = 16 * 1024;

	private static final int FIRST_SCRATCH = 1024;

	private static final ByteBuffer NO_SPACE = ByteBuffer.allocate(0);

	private static final int LARGEST_READ_FOR_LINES = 64 * 1024;

	/** Maximum number of bytes that are copied at once. */
	static final int LARGEST_PART = 1 << 20;

	private static final Logger logger = LoggerFactory.getLogger(OutputRecorder.class);

	private final OutputType type;

	private final Charset charset;

	private final @Nullable Capture capture;

	private final @Nullable BoundedPipe feed;

	/** Whether the feed is read by the caller instead of a Java stage. */
	private final boolean pulled;

	private final List<OutputListener> listeners;

	private final List<LineListener> lineListeners;

	private final @Nullable LineSplitter splitter;

	private final int largestRead;

	/** Held while listeners are called: the two pumps of a process take turns. */
	private final ReentrantLock listenerLock;

	private final Owner owner;

	private final @Nullable Target target;

	private final BackgroundLog log;

	private @Nullable OutputStream file;

	private ByteBuffer space = NO_SPACE;

	/** Reused buffer for bytes that are not captured; never part of the capture. */
	private ByteBuffer scratch = NO_SPACE;

	/** Time at which the current listener call began; 0 if there is none. */
	private volatile long busySince;

	private volatile long busyNanos;

	private volatile boolean closed;

	private volatile boolean ended;

	private volatile boolean broken;

	/** The output that could not be written to its file, and the reason. */
	private volatile @Nullable String lost;

	private boolean listenerFailed;

	/** The end of what {@link #latest} has returned. */
	private final OutputCursor latest = new OutputCursor(this, 0);

	/**
	 * Create a recorder for one stream.
	 * @param type the stream
	 * @param plan how its bytes are handled
	 * @param listenerLock held while listeners are called, shared by the streams of a
	 * process
	 * @param owner notified of bytes and of the end
	 * @param log writes messages
	 */
	public OutputRecorder(OutputType type, StreamPlan plan, ReentrantLock listenerLock, Owner owner,
			BackgroundLog log) {
		this.type = type;
		this.charset = plan.charset();
		this.feed = plan.feed();
		this.pulled = plan.pulled();
		// output that is read by a Java stage or by the caller is not passed to listeners
		this.listeners = (this.feed == null) ? plan.listeners() : List.of();
		this.lineListeners = (this.feed == null) ? plan.lineListeners() : List.of();
		this.largestRead = this.lineListeners.isEmpty() ? LARGEST_READ : LARGEST_READ_FOR_LINES;
		this.capture = plan.capture() ? new Capture(this.largestRead, plan.keep()) : null;
		this.splitter = (!plan.piped() || this.lineListeners.isEmpty()) ? null
				: new LineSplitter(plan.charset(), plan.maxLineLength(), new Delivery());
		this.listenerLock = listenerLock;
		this.owner = owner;
		this.log = log;
		this.target = plan.target();
		this.file = (plan.target() != null) ? plan.target().stream() : null;
		this.ended = !plan.piped();
	}

	/**
	 * Begin: the process has started, so that the previous content of the file can be
	 * discarded.
	 */
	public void begin() {
		Path emptied = (this.target != null) ? this.target.emptied() : null;
		if (emptied == null) {
			return;
		}
		try {
			Files.newOutputStream(emptied, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING).close();
		}
		catch (IOException ex) {
			fileFailed(ex);
		}
	}

	@Override
	public ByteBuffer space() {
		if (this.capture != null && !this.closed) {
			this.space = this.capture.space();
			return this.space;
		}
		if (this.scratch.capacity() == 0) {
			this.scratch = ByteBuffer.allocate(FIRST_SCRATCH);
		}
		this.space = this.scratch;
		return this.space;
	}

	@Override
	public boolean received(int count) {
		if (this.closed) {
			closeFile();
			return true;
		}
		byte[] bytes = this.space.array();
		int offset = this.space.position();
		int accepted = this.owner.arrived(count);
		if (this.capture != null) {
			this.capture.filled(accepted);
			this.owner.captured();
		}
		boolean goOn = true;
		if (accepted > 0) {
			writeToFile(bytes, offset, accepted);
			deliver(bytes, offset, accepted);
			goOn = this.feed == null || feed(this.feed, ByteBuffer.wrap(bytes, offset, accepted));
		}
		if (this.capture == null && count == this.space.capacity() && count < this.largestRead) {
			this.scratch = ByteBuffer.allocate(Math.min(2 * count, this.largestRead));
		}
		return goOn;
	}

	private boolean feed(BoundedPipe pipe, ByteBuffer bytes) {
		long began = this.owner.nanoTime();
		this.busySince = (began != 0) ? began : 1;
		try {
			return pipe.write(bytes);
		}
		finally {
			this.busyNanos += this.owner.nanoTime() - began;
			this.busySince = 0;
		}
	}

	@Override
	public void ended() {
		try {
			if (!this.closed && this.splitter != null) {
				atWork(this.splitter::end);
			}
			closeFile();
			endFeed(false);
		}
		finally {
			this.ended = true;
			this.owner.streamEnded();
		}
	}

	private void deliver(byte[] bytes, int offset, int count) {
		List<OutputListener> ofAll = (this.feed == null) ? this.owner.listenersOfAll() : List.of();
		if (this.listeners.isEmpty() && ofAll.isEmpty() && this.splitter == null) {
			return;
		}
		atWork(() -> {
			notifyAll(this.listeners, bytes, offset, count);
			notifyAll(ofAll, bytes, offset, count);
			if (this.splitter != null) {
				this.splitter.accept(bytes, offset, count);
			}
		});
	}

	private void notifyAll(List<OutputListener> listeners, byte[] bytes, int offset, int count) {
		for (OutputListener listener : listeners) {
			try {
				listener.onOutput(this.type, ByteBuffer.wrap(bytes, offset, count).slice().asReadOnlyBuffer());
			}
			catch (Throwable ex) {
				listenerFailed(ex);
			}
		}
	}

	// listeners may block indefinitely: only the other pump of this process waits for
	// this lock
	private void atWork(Runnable calls) {
		this.listenerLock.lock();
		long began = this.owner.nanoTime();
		this.busySince = (began != 0) ? began : 1;
		MDC.put("child.name", this.owner.name());
		MDC.put("child.pid", this.owner.pid());
		try {
			calls.run();
		}
		finally {
			MDC.remove("child.name");
			MDC.remove("child.pid");
			this.owner.delivered();
			this.busyNanos += this.owner.nanoTime() - began;
			this.busySince = 0;
			this.listenerLock.unlock();
		}
	}

	// a listener that throws for each line must not flood the log
	private void listenerFailed(Throwable ex) {
		if (!this.listenerFailed) {
			this.listenerFailed = true;
			log(() -> logger.warn(
					"Output listener failed; further failures for this stream are logged at DEBUG: name={} stream={}",
					this.owner.name(), this.type, ex));
		}
		else if (logger.isDebugEnabled()) {
			log(() -> logger.debug("Output listener failed: name={} stream={}", this.owner.name(), this.type, ex));
		}
	}

	private void log(Runnable message) {
		this.log.write(message);
	}

	private void writeToFile(byte[] bytes, int offset, int count) {
		OutputStream out = this.file;
		if (out == null) {
			return;
		}
		try {
			out.write(bytes, offset, count);
		}
		catch (IOException ex) {
			fileFailed(ex);
		}
	}

	private void fileFailed(IOException ex) {
		this.broken = true;
		this.lost = "its " + ((this.type == OutputType.OUTPUT) ? "output" : "error output") + " file '"
				+ ((this.target != null) ? this.target.path() : "") + "' could not be written (" + ex.getMessage()
				+ ")";
		log(() -> logger.warn("Failed to write process output to its file: name={} stream={}", this.owner.name(),
				this.type, ex));
		closeFile();
	}

	private void closeFile() {
		OutputStream out = this.file;
		this.file = null;
		if (out != null) {
			try {
				out.close();
			}
			catch (IOException ex) {
				// some file systems report only now that they are full
				fileFailed(ex);
			}
		}
	}

	/**
	 * Stop recording: subsequent bytes are read and discarded.
	 */
	public void close() {
		if (this.capture != null) {
			this.capture.freeze();
		}
		this.closed = true;
		endFeed(this.broken || this.busySince != 0);
	}

	// a caller that pulls the output must not mistake a part for the whole
	private void endFeed(boolean lost) {
		if (this.feed == null) {
			return;
		}
		String why = this.owner.whyCutShort();
		if (why == null && lost) {
			why = "it was not read in time";
		}
		if (this.pulled && why != null) {
			this.feed.cut("The output of '" + this.owner.name() + "' is incomplete: " + why);
		}
		else {
			this.feed.end();
		}
	}

	/**
	 * Return the stream that the caller reads.
	 * @return the stream
	 * @throws IllegalStateException if the output is not pulled
	 */
	public BoundedPipe pulled() {
		if (!this.pulled || this.feed == null) {
			throw new IllegalStateException("The output of '" + this.owner.name()
					+ "' is not pulled: start it with pullOutput(), or use output(), onLine(...) or onOutput(...)");
		}
		return this.feed;
	}

	@Override
	public void failed(Throwable failure) {
		this.broken = true;
		if (failure instanceof OutOfMemoryError) {
			if (this.capture != null) {
				this.capture.drop();
			}
			this.owner.outOfMemory();
		}
		close();
		log(() -> logger.error(
				"Failed to process the output of a process; the rest is read and discarded: name={} stream={}",
				this.owner.name(), this.type, failure));
	}

	/**
	 * Return whether a part of the output is missing.
	 * @return whether output was lost
	 */
	public boolean isBroken() {
		return this.broken;
	}

	/**
	 * Return the output that could not be written to its file, and the reason.
	 * @return a part of a sentence, or {@code null} if nothing was lost in this way
	 */
	public @Nullable String lost() {
		return this.lost;
	}

	/**
	 * Abandon the stream, which is not going to be read.
	 */
	public void abandon() {
		close();
		closeFile();
		this.ended = true;
	}

	/**
	 * Return whether the stream has ended.
	 * @return whether nothing more will be recorded
	 */
	public boolean isEnded() {
		return this.ended;
	}

	/**
	 * Return the total time spent in listeners, including the current call.
	 * @param now the time by the monotonic clock
	 * @return the time in nanoseconds
	 */
	public long busyNanos(long now) {
		long since = this.busySince;
		return this.busyNanos + ((since != 0) ? Math.max(0, now - since) : 0);
	}

	/**
	 * Return whether a listener, a Java stage or the caller is handling output.
	 * @return whether a call is in progress
	 */
	public boolean isListenerAtWork() {
		return this.busySince != 0;
	}

	/**
	 * Return whether the output is captured.
	 * @return whether it is captured
	 */
	public boolean isCapturing() {
		return this.capture != null;
	}

	/**
	 * Return the captured output.
	 * @return the output so far, or nothing if it is not captured
	 */
	public CapturedOutput captured() {
		return (this.capture != null) ? CapturedOutput.of(this.capture.chunks(), this.charset, this.capture.dropped())
				: CapturedOutput.empty();
	}

	/** Return captured bytes from a position on; see {@link Capture#from}. */
	Capture.Part from(long position, int most) {
		return (this.capture != null) ? this.capture.from(position, most) : new Capture.Part(position, new byte[0]);
	}

	/** Return whether no more output will be captured. */
	boolean isComplete() {
		return this.ended || this.closed;
	}

	/** Return the position of the next byte to be captured. */
	long end() {
		return (this.capture != null) ? this.capture.end() : 0;
	}

	/**
	 * Return the charset of the stream.
	 * @return the charset
	 */
	public Charset charset() {
		return this.charset;
	}

	/**
	 * Return what has been captured since the last call, up to the last complete
	 * character.
	 * @return the text, possibly empty
	 */
	public synchronized String latest() {
		StringBuilder text = new StringBuilder();
		long before;
		do {
			before = this.latest.position();
			text.append(this.latest.readText(LARGEST_PART));
		}
		while (this.latest.position() > before);
		return text.toString();
	}

	/**
	 * Plan for the bytes of one stream.
	 *
	 * @param piped whether they pass through the JVM
	 * @param capture whether they are captured
	 * @param keep the minimum number of bytes to keep
	 * @param charset the charset
	 * @param maxLineLength the maximum length of a line in bytes, beyond which it is
	 * delivered in parts
	 * @param target the file to which they are written, too, or {@code null} for none
	 * @param listeners the listeners for their chunks
	 * @param lineListeners the listeners for their lines
	 * @param feed read by a Java stage or by the caller, or {@code null} for none
	 * @param pulled whether the caller reads it
	 */
	public record StreamPlan(boolean piped, boolean capture, long keep, Charset charset, int maxLineLength,
			@Nullable Target target, List<OutputListener> listeners, List<LineListener> lineListeners,
			@Nullable BoundedPipe feed, boolean pulled) {

	}

	/**
	 * A file to which a pump writes output.
	 *
	 * @param path the path
	 * @param stream writes to the file; closed at the end
	 * @param emptied the file to be truncated first, or {@code null} for none
	 */
	public record Target(Path path, OutputStream stream, @Nullable Path emptied) {

	}

	/**
	 * The execution to which a stream belongs.
	 */
	public interface Owner {

		/**
		 * Return the name of the process.
		 * @return the name, for messages
		 */
		String name();

		/**
		 * Return the process ID.
		 * @return the PID as text
		 */
		String pid();

		/**
		 * Return the time by the monotonic clock.
		 * @return the time in nanoseconds
		 */
		long nanoTime();

		/**
		 * Handle the arrival of bytes.
		 * @param count the number of bytes
		 * @return how many of them may be captured
		 */
		int arrived(int count);

		/**
		 * Handle the lack of memory for bytes that have arrived; captured bytes are
		 * dropped.
		 */
		void outOfMemory();

		/**
		 * Handle the end of a delivery to listeners, which may have taken long.
		 */
		void delivered();

		/**
		 * Return the reason why the output is incomplete.
		 * @return the reason, or {@code null} if the output is complete
		 */
		@Nullable String whyCutShort();

		/**
		 * Return the listeners for the output of all processes of the manager.
		 * @return the listeners
		 */
		List<OutputListener> listenersOfAll();

		/**
		 * Handle the capture of bytes, which can now be read.
		 */
		void captured();

		/**
		 * Handle the end of the stream.
		 */
		void streamEnded();

	}

	private final class Delivery implements LineSplitter.Lines {

		@Override
		public void line(String line) {
			for (LineListener listener : OutputRecorder.this.lineListeners) {
				if (OutputRecorder.this.closed) {
					return;
				}
				try {
					listener.onLine(OutputRecorder.this.type, line);
				}
				catch (Throwable ex) {
					listenerFailed(ex);
				}
			}
		}

		@Override
		public void part(String part) {
			for (LineListener listener : OutputRecorder.this.lineListeners) {
				if (OutputRecorder.this.closed) {
					return;
				}
				try {
					listener.onLinePart(OutputRecorder.this.type, part);
				}
				catch (Throwable ex) {
					listenerFailed(ex);
				}
			}
		}

	}

}
