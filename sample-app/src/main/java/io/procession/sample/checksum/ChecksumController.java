package io.procession.sample.checksum;

import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestPart;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.multipart.MultipartFile;

import io.procession.ProcessManager;
import io.procession.pool.PoolResults;
import io.procession.pool.ProcessPool;
import io.procession.process.ProcessResult;

/**
 * Runs {@code sha256sum} for each file of a form, as many at once as there are
 * processors.
 */
@RestController
class ChecksumController {

	private final ProcessManager processes;

	ChecksumController(ProcessManager processes) {
		this.processes = processes;
	}

	// region at-once
	@PostMapping(path = "/checksums", consumes = MediaType.MULTIPART_FORM_DATA_VALUE)
	List<Checksum> checksums(@RequestPart("file") List<MultipartFile> files) throws IOException {
		ProcessPool pool = this.processes.pool().failFast();
		for (MultipartFile file : files) {
			pool.add(this.processes.command("sha256sum").input(file.getInputStream()));
		}
		PoolResults results = pool.run().throwIfAnyFailed();
		return IntStream.range(0, files.size()).mapToObj((i) -> checksum(files.get(i), results.get(i))).toList();
	}

	private static Checksum checksum(MultipartFile file, ProcessResult result) {
		String name = Objects.requireNonNullElse(file.getOriginalFilename(), "");
		return new Checksum(name, file.getSize(), result.output().substring(0, 64));
	}
	// endregion

}
