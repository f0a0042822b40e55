package io.procession.execution;

import java.util.function.BiPredicate;

import io.procession.process.OutputType;

/**
 * Looks at the kept output of a process line by line, from its beginning, until a line
 * matches. <i>Confined to the thread that waits.</i>
 */
final class OutputWatch {

	private final Stream[] streams;

	private final BiPredicate<OutputType, String> condition;

	private boolean matched;

	OutputWatch(OutputRecorder output, OutputRecorder error, int maxLineLength,
			BiPredicate<OutputType, String> condition) {
		this.condition = condition;
		this.streams = new Stream[] { new Stream(OutputType.OUTPUT, output, maxLineLength),
				new Stream(OutputType.ERROR, error, maxLineLength) };
	}

	/**
	 * Looks at what is new.
	 * @param last whether nothing will follow, so that an unfinished line counts
	 * @return whether a line matched
	 */
	boolean look(boolean last) {
		for (Stream stream : this.streams) {
			stream.look(last);
		}
		return this.matched;
	}

	/** Whether there is something that was not looked at. */
	boolean isBehind() {
		return this.streams[0].isBehind() || this.streams[1].isBehind();
	}

	private final class Stream implements LineSplitter.Lines {

		private final OutputType type;

		private final OutputRecorder recorder;

		private final LineSplitter splitter;

		private long position;

		private Stream(OutputType type, OutputRecorder recorder, int maxLineLength) {
			this.type = type;
			this.recorder = recorder;
			this.splitter = new LineSplitter(recorder.charset(), maxLineLength, this);
		}

		private void look(boolean last) {
			while (!OutputWatch.this.matched && isBehind()) {
				Capture.Part part = this.recorder.from(this.position);
				this.position = part.end();
				this.splitter.accept(part.bytes(), 0, part.bytes().length);
			}
			if (last && !OutputWatch.this.matched) {
				this.splitter.end();
			}
		}

		private boolean isBehind() {
			return this.recorder.end() > this.position;
		}

		@Override
		public void line(String line) {
			if (!OutputWatch.this.matched) {
				OutputWatch.this.matched = OutputWatch.this.condition.test(this.type, line);
			}
		}

		@Override
		public void part(String part) {
			line(part);
		}

	}

}
