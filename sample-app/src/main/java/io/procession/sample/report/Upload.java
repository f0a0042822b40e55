package io.procession.sample.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

import org.springframework.http.HttpStatus;
import org.springframework.util.StreamUtils;
import org.springframework.util.unit.DataSize;
import org.springframework.web.server.ResponseStatusException;

/**
 * Uploaded text in a temporary file, which is deleted when this is closed. The text is
 * never held in memory.
 */
final class Upload implements AutoCloseable {

	// as many as grep looks at to tell binary from text
	private static final int BYTES_INSPECTED = 32 * 1024;

	private final Path file;

	private Upload(Path file) {
		this.file = file;
	}

	/**
	 * Saves text.
	 * @param content the text, read to its end
	 * @param directory where to
	 * @param maxSize how much is taken in
	 * @return the upload, to be closed
	 * @throws ResponseStatusException if there is no text, or too much
	 * @throws IOException if it cannot be read or saved
	 */
	static Upload save(InputStream content, Path directory, DataSize maxSize) throws IOException {
		Upload upload = new Upload(Files.createTempFile(Files.createDirectories(directory), "upload-", ".log"));
		try {
			upload.write(content, maxSize);
			upload.check();
			return upload;
		}
		catch (IOException | RuntimeException ex) {
			upload.close();
			throw ex;
		}
	}

	Path file() {
		return this.file;
	}

	private void write(InputStream content, DataSize maxSize) throws IOException {
		try (OutputStream out = Files.newOutputStream(this.file)) {
			StreamUtils.copyRange(content, out, 0, maxSize.toBytes() - 1);
		}
		if (content.read() != -1) {
			throw new ResponseStatusException(HttpStatus.CONTENT_TOO_LARGE,
					"The access log is larger than " + maxSize.toMegabytes()
							+ " MB: send it in parts, as made by split -C " + maxSize.toMegabytes() + "m");
		}
	}

	private void check() throws IOException {
		byte[] beginning;
		try (InputStream in = Files.newInputStream(this.file)) {
			beginning = in.readNBytes(BYTES_INSPECTED);
		}
		if (beginning.length == 0) {
			throw new ResponseStatusException(HttpStatus.BAD_REQUEST,
					"The access log is empty: send it as the body or as the part 'file' of a form");
		}
		for (byte value : beginning) {
			if (value == 0) {
				throw new ResponseStatusException(HttpStatus.UNSUPPORTED_MEDIA_TYPE,
						"The access log is binary: send plain text, a compressed log through zcat");
			}
		}
	}

	@Override
	public void close() throws IOException {
		Files.deleteIfExists(this.file);
	}

}
