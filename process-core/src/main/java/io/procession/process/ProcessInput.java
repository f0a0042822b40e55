package io.procession.process;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * Standard input of a program, as data. Its content is never printed.
 */
public sealed interface ProcessInput {

	/**
	 * Create input from text, encoded in UTF-8.
	 * @param text the text
	 * @return the input
	 */
	static ProcessInput of(String text) {
		Objects.requireNonNull(text, "The text of an input must not be null");
		return new Bytes(text.getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * Create input from bytes.
	 * @param bytes the bytes, which are copied
	 * @return the input
	 */
	static ProcessInput of(byte[] bytes) {
		return new Bytes(bytes.clone());
	}

	/**
	 * Create input from a file, which the program reads itself.
	 * @param file the file
	 * @return the input
	 */
	static ProcessInput of(Path file) {
		return new File(file);
	}

	/**
	 * Return empty input: the program reads from the null device.
	 * @return the input
	 */
	static ProcessInput none() {
		return new None();
	}

	/**
	 * Return the standard input of the JVM, which the program shares.
	 * @return the input
	 */
	static ProcessInput inherited() {
		return new Inherited();
	}

	/**
	 * Bytes in memory.
	 */
	final class Bytes implements ProcessInput {

		// transient: hidden from serializers of any kind, which may access private fields
		private final transient byte[] content;

		private Bytes(byte[] content) {
			this.content = content;
		}

		/**
		 * Return the bytes.
		 * @return a copy
		 */
		public byte[] content() {
			return this.content.clone();
		}

		@Override
		public boolean equals(@Nullable Object other) {
			return other instanceof Bytes bytes && Arrays.equals(this.content, bytes.content);
		}

		@Override
		public int hashCode() {
			return Arrays.hashCode(this.content);
		}

		@Override
		public String toString() {
			return this.content.length + " bytes";
		}

	}

	/**
	 * A file.
	 *
	 * @param path path of the file
	 */
	record File(Path path) implements ProcessInput {

	}

	/**
	 * The null device.
	 */
	record None() implements ProcessInput {

	}

	/**
	 * The standard input of the JVM.
	 */
	record Inherited() implements ProcessInput {

	}

}
