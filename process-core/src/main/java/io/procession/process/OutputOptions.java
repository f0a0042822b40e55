package io.procession.process;

import java.nio.charset.Charset;

import org.jspecify.annotations.Nullable;

/**
 * Options for the output of a program. <i>Immutable.</i>
 *
 * @param capture whether output is captured in memory for the result
 * @param mergeError whether standard error is redirected to standard output
 * @param outputTo file for standard output, or {@code null}
 * @param errorTo file for standard error, or {@code null}
 * @param charset charset to decode the output with; {@code null} means the default, UTF-8
 * @param limit maximum number of bytes of both streams together, after which the process
 * is stopped, or {@code null} if unlimited
 * @param keepLast number of last bytes of each stream to capture while earlier ones are
 * dropped, or {@code null} to capture all
 * @param pull whether the caller reads standard output at its own pace, so that it is not
 * captured
 */
public record OutputOptions(boolean capture, boolean mergeError, @Nullable OutputFile outputTo,
		@Nullable OutputFile errorTo, @Nullable Charset charset, @Nullable Long limit, @Nullable Long keepLast,
		boolean pull) {

	/** Both streams are captured completely and separately. */
	public static final OutputOptions DEFAULT = new OutputOptions(true, false, null, null, null, null, null, false);

	/**
	 * Check the numbers and the combination of the values.
	 * @param capture whether output is captured in memory for the result
	 * @param mergeError whether standard error is redirected to standard output
	 * @param outputTo file for standard output
	 * @param errorTo file for standard error
	 * @param charset charset to decode the output with
	 * @param limit maximum number of bytes, after which the process is stopped
	 * @param keepLast number of last bytes of each stream to capture
	 * @param pull whether the caller reads standard output
	 */
	public OutputOptions {
		if (limit != null && limit < 0) {
			throw new IllegalArgumentException("outputLimit must not be negative: " + limit);
		}
		if (keepLast != null && keepLast < 0) {
			throw new IllegalArgumentException("keepLast must not be negative: " + keepLast);
		}
		if (pull && outputTo != null) {
			throw new IllegalArgumentException("pullOutput() and outputTo(" + outputTo.path()
					+ ") cannot be combined: pulled output is written by its reader");
		}
		if (mergeError && errorTo != null) {
			throw new IllegalArgumentException("mergeErrorOutput() and errorOutputTo(" + errorTo.path()
					+ ") cannot be combined: merged error output goes to the same place as the output");
		}
		if (outputTo != null && errorTo != null && overwrite(outputTo, errorTo)) {
			throw new IllegalArgumentException("Output and error output would both be written to '" + outputTo.path()
					+ "' and overwrite each other: use mergeErrorOutput(), or two files");
		}
	}

	// a device has no file position
	private static boolean overwrite(OutputFile output, OutputFile error) {
		return output.path().equals(error.path()) && !(output.append() && error.append())
				&& !output.path().startsWith("/dev");
	}

	OutputOptions withCapture(boolean value) {
		return new OutputOptions(value, this.mergeError, this.outputTo, this.errorTo, this.charset, this.limit,
				this.keepLast, this.pull);
	}

	OutputOptions withMergeError(boolean value) {
		return new OutputOptions(this.capture, value, this.outputTo, this.errorTo, this.charset, this.limit,
				this.keepLast, this.pull);
	}

	OutputOptions withOutputTo(OutputFile value) {
		return new OutputOptions(this.capture, this.mergeError, value, this.errorTo, this.charset, this.limit,
				this.keepLast, this.pull);
	}

	OutputOptions withErrorTo(OutputFile value) {
		return new OutputOptions(this.capture, this.mergeError, this.outputTo, value, this.charset, this.limit,
				this.keepLast, this.pull);
	}

	OutputOptions withCharset(Charset value) {
		return new OutputOptions(this.capture, this.mergeError, this.outputTo, this.errorTo, value, this.limit,
				this.keepLast, this.pull);
	}

	OutputOptions withLimit(long value) {
		return new OutputOptions(this.capture, this.mergeError, this.outputTo, this.errorTo, this.charset, value,
				this.keepLast, this.pull);
	}

	OutputOptions withKeepLast(long value) {
		return new OutputOptions(this.capture, this.mergeError, this.outputTo, this.errorTo, this.charset, this.limit,
				value, this.pull);
	}

	OutputOptions withPull(boolean value) {
		return new OutputOptions(this.capture, this.mergeError, this.outputTo, this.errorTo, this.charset, this.limit,
				this.keepLast, value);
	}

}
