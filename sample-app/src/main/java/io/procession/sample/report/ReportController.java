package io.procession.sample.report;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

import org.springframework.http.MediaType;
import org.springframework.util.unit.DataSize;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestPart;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.multipart.MultipartFile;

import io.procession.sample.LogDeskProperties;

/**
 * Takes in an access log, as a file of a form or as the bare body.
 */
@RestController
@RequestMapping("/reports")
class ReportController {

	private final AccessLogReports reports;

	private final Path directory;

	private final DataSize maxUpload;

	ReportController(AccessLogReports reports, LogDeskProperties properties) {
		this.reports = reports;
		this.directory = properties.directory().resolve("uploads");
		this.maxUpload = properties.maxUpload();
	}

	@PostMapping(consumes = MediaType.MULTIPART_FORM_DATA_VALUE)
	Report report(@RequestPart MultipartFile file) throws IOException {
		try (InputStream content = file.getInputStream()) {
			return report(content);
		}
	}

	@PostMapping
	Report report(InputStream body) throws IOException {
		try (Upload upload = Upload.save(body, this.directory, this.maxUpload)) {
			return this.reports.of(upload.file());
		}
	}

}
