package io.procession.sample.disk;

import java.time.Duration;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

import io.procession.ProcessManager;
import io.procession.process.ProcessException;
import io.procession.process.ProcessResult;

/**
 * Looks at the disks at the start and then every minute.
 */
@Component
class DiskWatch {

	private static final Logger logger = LoggerFactory.getLogger(DiskWatch.class);

	private final ProcessManager processes;

	private volatile @Nullable DiskSnapshot last;

	// region injected
	DiskWatch(ProcessManager processes) {
		this.processes = processes;
	}

	@EventListener(ApplicationReadyEvent.class)
	@Scheduled(cron = "${log-desk.disk-cron}")
	void check() {
		try {
			ProcessResult result = this.processes.command("df", "-P", "-k")
				// a network file system may not respond
				.timeout(Duration.ofSeconds(30))
				// 1 if a file system cannot be read, while the others are listed
				.successExitCodes(0, 1)
				.run()
				.throwIfFailed();
			this.last = DiskSnapshot.of(result);
		}
		catch (ProcessException ex) {
			logger.warn("Failed to determine the disk usage", ex);
		}
	}
	// endregion

	Optional<DiskSnapshot> last() {
		return Optional.ofNullable(this.last);
	}

}
