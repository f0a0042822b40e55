package io.procession.execution;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

import io.procession.engine.OutputSink;
import io.procession.process.CapturedOutput;
import io.procession.process.OutputType;

/**
 * Takes what a pump reads from one stream: keeps it, writes it to a file, hands it to the
 * listeners. One for each stream that is read; filled by its pump, asked by anybody.
 */
final class OutputRecorder implements OutputSink {

	/** Largest read: 16 KiB are fastest for a stream of bytes, 64 KiB for lines. */
	private static final int LARGEST_READ = 16 * 1024;

	private static final int FIRST_SCRATCH = 1024;

	private static final ByteBuffer NO_SPACE = ByteBuffer.allocate(0);

	private static final int LARGEST_READ_FOR_LINES = 64 * 1024;

	private static final Logger logger = LoggerFactory.getLogger(OutputRecorder.class);

	private final OutputType type;

	private final Charset charset;

	private final @Nullable Capture capture;

	private final @Nullable BoundedPipe feed;

	/** Whether the caller reads the feed, and not a stage in Java. */
	private final boolean pulled;

	private final List<OutputListener> listeners;

	private final List<LineListener> lineListeners;

	private final @Nullable LineSplitter splitter;

	private final int largestRead;

	/** Whose turn it is to call listeners: the two pumps of a process take turns. */
	private final ReentrantLock turn;

	private final Owner owner;

	private final @Nullable Target target;

	private final BackgroundLog log;

	private @Nullable OutputStream file;

	private ByteBuffer space = NO_SPACE;

	/** Used again and again for what is not kept; never a part of the capture. */
	private ByteBuffer scratch = NO_SPACE;

	/** When the listener call that goes on began; 0 while there is none. */
	private volatile long busySince;

	private volatile long busyNanos;

	private volatile boolean closed;

	private volatile boolean ended;

	private volatile boolean broken;

	/** Which output could not be written to its file, and why. */
	private volatile @Nullable String lost;

	private boolean listenerFailed;

	private long latestPosition;

	/** Keeps its state: the first bytes may say how the others are to be read. */
	private @Nullable CharsetDecoder latestDecoder;

	/**
	 * A recorder for one stream.
	 * @param type which stream
	 * @param plan what becomes of its bytes
	 * @param pending who listens
	 * @param turn whose turn it is to call listeners, shared by the streams of a process
	 * @param owner is told of bytes and of the end
	 * @param log writes messages
	 */
	OutputRecorder(OutputType type, StreamPlan plan, PendingProcess pending, ReentrantLock turn, Owner owner,
			BackgroundLog log) {
		this.type = type;
		this.charset = plan.charset();
		this.feed = plan.feed();
		this.pulled = this.feed != null && pending.toSpec().output().pull();
		// what goes to a stage in Java or is pulled is nobody else's
		this.listeners = (this.feed == null) ? pending.outputListeners() : List.of();
		this.lineListeners = (this.feed == null) ? pending.lineListeners() : List.of();
		this.largestRead = this.lineListeners.isEmpty() ? LARGEST_READ : LARGEST_READ_FOR_LINES;
		this.capture = plan.capture() ? new Capture(this.largestRead, plan.keep()) : null;
		this.splitter = (!plan.piped() || this.lineListeners.isEmpty()) ? null
				: new LineSplitter(plan.charset(), plan.maxLineLength(), new Delivery());
		this.turn = turn;
		this.owner = owner;
		this.log = log;
		this.target = plan.target();
		this.file = (plan.target() != null) ? plan.target().stream() : null;
		this.ended = !plan.piped();
	}

	/** The process has started: what its file held before may be lost now. */
	void begin() {
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
			this.owner.kept();
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
			tell(this.listeners, bytes, offset, count);
			tell(ofAll, bytes, offset, count);
			if (this.splitter != null) {
				this.splitter.accept(bytes, offset, count);
			}
		});
	}

	private void tell(List<OutputListener> told, byte[] bytes, int offset, int count) {
		for (OutputListener listener : told) {
			try {
				listener.onOutput(this.type, ByteBuffer.wrap(bytes, offset, count).slice().asReadOnlyBuffer());
			}
			catch (Throwable ex) {
				listenerFailed(ex);
			}
		}
	}

	// listeners may block for ever: nothing but the other pump of this process ever waits
	// for this turn
	private void atWork(Runnable calls) {
		this.turn.lock();
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
			this.turn.unlock();
		}
	}

	// a listener that throws at each line must not fill the log
	private void listenerFailed(Throwable ex) {
		if (!this.listenerFailed) {
			this.listenerFailed = true;
			log(() -> logger.warn(
					"Output listener failed, later failures of this stream are logged at DEBUG: name={} stream={}",
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
		log(() -> logger.warn("Output can no longer be written to its file: name={} stream={}", this.owner.name(),
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
				// some file systems only tell now that they have no room
				fileFailed(ex);
			}
		}
	}

	/** Nobody is interested any more: what still comes is read and thrown away. */
	void close() {
		if (this.capture != null) {
			this.capture.freeze();
		}
		this.closed = true;
		endFeed(this.broken || this.busySince != 0);
	}

	// who pulls must not take a part for the whole
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

	/** What the caller reads; it is pulled. */
	BoundedPipe pulled() {
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
				"Output of a process can no longer be taken, the rest is read and thrown away: name={} stream={}",
				this.owner.name(), this.type, failure));
	}

	/** Whether something of it is missing. */
	boolean isBroken() {
		return this.broken;
	}

	/** Returns which output could not be written to its file, and why. */
	@Nullable String lost() {
		return this.lost;
	}

	/** Nobody will read the stream. */
	void abandon() {
		close();
		closeFile();
		this.ended = true;
	}

	boolean isEnded() {
		return this.ended;
	}

	/** How long listeners have been at work in all, the present call included. */
	long busyNanos(long now) {
		long since = this.busySince;
		return this.busyNanos + ((since != 0) ? Math.max(0, now - since) : 0);
	}

	boolean isListenerAtWork() {
		return this.busySince != 0;
	}

	boolean isKept() {
		return this.capture != null;
	}

	CapturedOutput captured() {
		return (this.capture != null) ? CapturedOutput.of(this.capture.chunks(), this.charset, this.capture.dropped())
				: CapturedOutput.empty();
	}

	/** Kept bytes from a position on; see {@link Capture#from}. */
	Capture.Part from(long position) {
		return (this.capture != null) ? this.capture.from(position) : new Capture.Part(position, new byte[0]);
	}

	/** The position of the next byte that will be kept. */
	long end() {
		return (this.capture != null) ? this.capture.end() : 0;
	}

	Charset charset() {
		return this.charset;
	}

	/** What has come since this was last asked, up to the last whole character. */
	synchronized String latest() {
		if (this.capture == null) {
			return "";
		}
		StringBuilder text = new StringBuilder();
		while (true) {
			boolean last = this.ended;
			Capture.Part part = this.capture.from(this.latestPosition);
			if (part.bytes().length == 0) {
				return text.toString();
			}
			CharsetDecoder decoder = latestDecoder();
			ByteBuffer in = ByteBuffer.wrap(part.bytes());
			CharBuffer out = CharBuffer
				.allocate((int) Math.ceil(part.bytes().length * (double) decoder.maxCharsPerByte()) + 1);
			decoder.decode(in, out, last && part.end() == this.capture.end());
			text.append(out.flip());
			this.latestPosition = part.start() + in.position();
			if (in.position() == 0) {
				return text.toString();
			}
		}
	}

	private CharsetDecoder latestDecoder() {
		CharsetDecoder decoder = this.latestDecoder;
		if (decoder == null) {
			decoder = this.charset.newDecoder()
				.onMalformedInput(CodingErrorAction.REPLACE)
				.onUnmappableCharacter(CodingErrorAction.REPLACE);
			this.latestDecoder = decoder;
		}
		return decoder;
	}

	/**
	 * What becomes of the bytes of one stream.
	 *
	 * @param piped whether they come through the JVM at all
	 * @param capture whether they are kept
	 * @param keep how many are kept at least
	 * @param charset how they become text
	 * @param maxLineLength bytes after which a line is handed over in parts
	 * @param target the file that they are written to, too, if there is one
	 * @param feed the stage in Java that reads them, if one does
	 */
	record StreamPlan(boolean piped, boolean capture, long keep, Charset charset, int maxLineLength,
			@Nullable Target target, @Nullable BoundedPipe feed) {

	}

	/**
	 * A file that output is written to by a pump.
	 *
	 * @param path where it is
	 * @param stream writes to it; closed at the end
	 * @param emptied which file is to be emptied first, or {@code null} for none
	 */
	record Target(Path path, OutputStream stream, @Nullable Path emptied) {

	}

	/**
	 * The run that a stream belongs to.
	 */
	interface Owner {

		String name();

		String pid();

		long nanoTime();

		/**
		 * Bytes have come.
		 * @return how many of them may be kept
		 */
		int arrived(int count);

		/** There was no memory for what has come, and what was kept is dropped. */
		void outOfMemory();

		/** Listeners have been told, which may have taken long. */
		void delivered();

		/** Return why its output is not all that it writes, or {@code null} if it is. */
		@Nullable String whyCutShort();

		/** Return those that receive the output of all processes of the manager. */
		List<OutputListener> listenersOfAll();

		/** Bytes have been kept and can be looked at. */
		void kept();

		/** The stream has ended. */
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
