package io.procession.sample.report;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Service;
import org.springframework.web.server.ResponseStatusException;

import io.procession.ProcessManager;
import io.procession.execution.PendingProcess;
import io.procession.execution.Pipeline;
import io.procession.execution.PipelineResult;
import io.procession.process.ProcessResult;
import io.procession.sample.report.Report.Count;

/**
 * Reports on access logs, made by {@code grep}, {@code cut}, {@code sort} and
 * {@code uniq}.
 */
@Service
class AccessLogReports {

	// common and combined log format, up to the status code
	private static final String LINE = "^[^ ]+ [^ ]+ [^ ]+ \\[[^]]+\\] \"[^\"]*\" [0-9]{3} ";

	private final ProcessManager processes;

	AccessLogReports(ProcessManager processes) {
		this.processes = processes;
	}

	/**
	 * Reads a log, by two commands and three pipelines at once.
	 * @param log plain text
	 * @return the report
	 * @throws ResponseStatusException if no line is in the format of an access log
	 */
	Report of(Path log) {
		CompletableFuture<ProcessResult> lines = count(log, "");
		CompletableFuture<ProcessResult> matching = count(log, LINE);
		CompletableFuture<List<Count>> requesters = top(entries(log).pipe("cut", "-d ", "-f1"));
		CompletableFuture<List<Count>> paths = top(entries(log).pipe("cut", "-s", "-d\"", "-f2")
			.pipe("cut", "-s", "-d ", "-f2")
			.pipe("cut", "-d?", "-f1"));
		CompletableFuture<List<Count>> statusCodes = top(
				entries(log).pipe("cut", "-d\"", "-f3").pipe("cut", "-d ", "-f2"));
		CompletableFuture.allOf(lines, matching, requesters, paths, statusCodes).join();
		long recognized = number(matching.join());
		if (recognized == 0) {
			throw new ResponseStatusException(HttpStatus.UNPROCESSABLE_CONTENT,
					"No line looks like an access log: send one in the common or combined log format");
		}
		return new Report(number(lines.join()), number(lines.join()) - recognized, requesters.join(), paths.join(),
				statusCodes.join());
	}

	private CompletableFuture<ProcessResult> count(Path log, String pattern) {
		return grep("-c", pattern).input(log).runAsync();
	}

	// region pipeline
	private Pipeline entries(Path log) {
		return this.processes.pipeline().name("access-log-report").pipe(grep("-h", LINE)).input(log);
	}

	private CompletableFuture<List<Count>> top(Pipeline values) {
		return values.pipe(sort())
			.pipe("uniq", "-c")
			.pipe(sort("-k1,1nr", "-k2"))
			.pipe(this.processes.command("head", "-n", "5").outputLimit(1_000_000))
			.timeout(Duration.ofMinutes(2))
			.runAsync()
			.thenApply(PipelineResult::throwIfFailed)
			.thenApply((result) -> result.outputLines().stream().map(Count::parse).toList());
	}
	// endregion

	private PendingProcess grep(String option, String pattern) {
		return this.processes.command("grep", "-a", "-E", option, pattern)
			.name("access-log-report")
			.env("LC_ALL", "C")
			// grep says 1 when nothing matches
			.successExitCodes(0, 1);
	}

	private PendingProcess sort(String... keys) {
		return this.processes.command("sort", keys).env("LC_ALL", "C");
	}

	private static long number(ProcessResult result) {
		return Long.parseLong(result.throwIfFailed().output().strip());
	}

}
