package io.procession.sample.disk;

import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/**
 * Shows the last look at the disks.
 */
@RestController
class DiskController {

	private final DiskWatch watch;

	DiskController(DiskWatch watch) {
		this.watch = watch;
	}

	@GetMapping("/disk")
	DiskSnapshot disk() {
		return this.watch.last()
			.orElseThrow(() -> new ResponseStatusException(HttpStatus.SERVICE_UNAVAILABLE,
					"The disk usage is not available yet: try again in a minute"));
	}

}
