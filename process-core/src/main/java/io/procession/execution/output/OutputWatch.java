package io.procession.execution.output;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.BiPredicate;

import io.procession.process.OutputType;

/**
 * Tests the captured output of a process line by line, from its beginning, until a line
 * matches. The next call continues after that line. <i>Confined to the thread that
 * waits.</i>
 */
public final class OutputWatch {

	/** Prompts are shorter; decoding a long line at each byte would be slow. */
	private static final int LONGEST_UNFINISHED = 8192;

	private final Stream[] streams;

	/**
	 * Create a watch over the output that is captured from now on.
	 * @param output the recorder of standard output
	 * @param error the recorder of standard error
	 * @param maxLineLength the maximum length of a line in bytes
	 */
	public OutputWatch(OutputRecorder output, OutputRecorder error, int maxLineLength) {
		this.streams = new Stream[] { new Stream(OutputType.OUTPUT, output, maxLineLength),
				new Stream(OutputType.ERROR, error, maxLineLength) };
	}

	/**
	 * Test new lines, up to the first that matches.
	 * @param condition the condition for a line
	 * @param last whether no more output follows, so that an unterminated line is
	 * complete
	 * @param now the time by the monotonic clock
	 * @return whether a line matched
	 */
	public boolean testLines(BiPredicate<OutputType, String> condition, boolean last, long now) {
		return this.streams[0].testLines(condition, last, now) || this.streams[1].testLines(condition, last, now);
	}

	/**
	 * Return the time until an unterminated line that has not been tested in its present
	 * form is considered unchanged.
	 * @param quiet the time without growth, in nanoseconds
	 * @param now the time by the monotonic clock
	 * @return the time in nanoseconds, or {@link Long#MAX_VALUE} if there is no such line
	 */
	public long untilStill(long quiet, long now) {
		return Math.min(this.streams[0].untilStill(quiet, now), this.streams[1].untilStill(quiet, now));
	}

	/**
	 * Test the unterminated lines that have not changed for the given time.
	 * @param condition the condition for a line
	 * @param quiet the time without growth, in nanoseconds
	 * @param now the time by the monotonic clock
	 * @return whether a line matched
	 */
	public boolean testUnfinished(BiPredicate<OutputType, String> condition, long quiet, long now) {
		return this.streams[0].testUnfinished(condition, quiet, now)
				|| this.streams[1].testUnfinished(condition, quiet, now);
	}

	/**
	 * Let the unterminated lines be tested again, by another condition.
	 */
	public void reset() {
		this.streams[0].unfinishedSeen = 0;
		this.streams[1].unfinishedSeen = 0;
	}

	/**
	 * Return whether there is output that has not been tested.
	 * @return whether there is
	 */
	public boolean isBehind() {
		return this.streams[0].isBehind() || this.streams[1].isBehind();
	}

	private static final class Stream implements LineSplitter.Lines {

		private final OutputType type;

		private final OutputRecorder recorder;

		private final LineSplitter splitter;

		/** Complete lines that have not been tested. */
		private final Deque<String> lines = new ArrayDeque<>();

		private final OutputCursor cursor;

		/** Number of bytes of the unterminated line that have been tested. */
		private int unfinishedSeen;

		/** Time at which it was last seen to grow. */
		private long grownAt;

		/** Whether the beginning of the next line has matched. */
		private boolean begunBefore;

		private boolean ended;

		private Stream(OutputType type, OutputRecorder recorder, int maxLineLength) {
			this.type = type;
			this.recorder = recorder;
			this.cursor = new OutputCursor(recorder, 0);
			this.splitter = new LineSplitter(recorder.charset(), maxLineLength, this);
		}

		private boolean testLines(BiPredicate<OutputType, String> condition, boolean last, long now) {
			// no further than the present end: output may be written faster than it is
			// tested
			long end = this.recorder.end();
			while (true) {
				while (!this.lines.isEmpty()) {
					if (condition.test(this.type, this.lines.remove())) {
						return true;
					}
				}
				if (this.cursor.position() < end) {
					this.grownAt = now;
					byte[] bytes = this.cursor.read(OutputRecorder.LARGEST_PART);
					this.splitter.accept(bytes, 0, bytes.length);
				}
				else if (last && !this.ended) {
					endStream();
				}
				else {
					return false;
				}
			}
		}

		private void endStream() {
			boolean seen = this.unfinishedSeen > 0 && this.splitter.unfinishedLength() == this.unfinishedSeen;
			this.ended = true;
			this.splitter.end();
			if (seen) {
				this.lines.pollLast();
			}
		}

		private boolean hasUnfinished() {
			int length = this.splitter.unfinishedLength();
			return length != this.unfinishedSeen && length <= LONGEST_UNFINISHED;
		}

		private long untilStill(long quiet, long now) {
			return (hasUnfinished() && !isBehind()) ? quiet - (now - this.grownAt) : Long.MAX_VALUE;
		}

		private boolean testUnfinished(BiPredicate<OutputType, String> condition, long quiet, long now) {
			if (untilStill(quiet, now) > 0) {
				return false;
			}
			this.unfinishedSeen = this.splitter.unfinishedLength();
			if (!this.splitter.takeUnfinishedIf((text) -> condition.test(this.type, text))) {
				return false;
			}
			this.unfinishedSeen = this.splitter.unfinishedLength();
			this.begunBefore = true;
			return true;
		}

		private boolean isBehind() {
			return this.cursor.hasNext();
		}

		@Override
		public void line(String line) {
			// only the terminator of a line that has matched
			boolean rest = this.begunBefore && line.isEmpty();
			this.begunBefore = false;
			this.unfinishedSeen = 0;
			if (!rest) {
				this.lines.add(line);
			}
		}

		@Override
		public void part(String part) {
			line(part);
		}

	}

}
