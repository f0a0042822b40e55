package io.procession.docs;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.procession.ProcessManager;
import io.procession.execution.Pipeline;
import io.procession.execution.PipelineResult;
import io.procession.execution.RunningPipeline;
import io.procession.pool.PoolFailedException;
import io.procession.pool.PoolResults;
import io.procession.pool.ProcessPool;
import io.procession.pool.RunningPool;
import io.procession.process.ProcessResult;
import io.procession.process.ProcessStartException;
import io.procession.process.Signal;
import io.procession.testing.RealProcesses;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The examples of {@code docs/pipelines.md} and {@code docs/pool.md}, run.
 */
@RealProcesses
class PipelinePoolExamplesIntegrationTests {

	@TempDir
	Path directory;

	private Path log;

	private Path counts;

	@BeforeEach
	void write() throws Exception {
		this.log = Files.writeString(this.directory.resolve("access.log"), "GET /a\nGET /b\nGET /a\n");
		this.counts = this.directory.resolve("counts.txt");
	}

	@Test
	void pipeline(ProcessManager processes) {
		Path log = this.log;
		Path counts = this.counts;
		// region pipeline
		String top = processes.command("sort", log.toString()).pipe("uniq", "-c").pipe("sort", "-rn").run().output();

		processes.pipeline().input(log).pipe("sort").pipe("uniq", "-c").outputTo(counts).run().throwIfFailed();
		// endregion
		assertThat(top.lines().map(String::strip)).containsExactly("2 GET /a", "1 GET /b");
		assertThat(counts).content().contains("2 GET /a");
	}

	@Test
	void stages(ProcessManager processes) {
		// region stages
		Pipeline report = processes.pipeline()
			.name("report")
			.pipe(processes.shell("cat /etc/passwd").name("users").directory(Path.of("/")))
			.pipe(processes.command("sort").env("LC_ALL", "C"))
			.timeout(Duration.ofSeconds(30))
			.onLine((stage, type, line) -> System.out.println(stage + " " + type + ": " + line));
		// endregion
		assertThat(report.run().successful()).isTrue();
	}

	@Test
	void results(ProcessManager processes) {
		// region results
		PipelineResult result = processes.shell("echo text; echo broken >&2; exit 3").pipe("tr", "a-z", "A-Z").run();
		result.output(); // "TEXT\n", of the last stage
		result.exitCode(); // 0, of the last stage
		result.successful(); // false: the first stage failed
		result.failedStage(); // the ProcessResult of the first stage
		result.stages().get(0).errorOutput(); // "broken\n"

		processes.shell("exit 3").pipe("cat").pipefail(false).run().successful(); // true
		processes.command("yes").pipe("head", "-1").run().successful(); // true
		// endregion
		assertThat(result.output()).isEqualTo("TEXT\n");
		assertThat(result.exitCode()).isZero();
		assertThat(result.successful()).isFalse();
		assertThat(result.failedStage()).containsSame(result.stages().get(0));
		assertThat(result.stages().get(0).errorOutput()).isEqualTo("broken\n");
		assertThat(processes.shell("exit 3").pipe("cat").pipefail(false).run().successful()).isTrue();
		assertThat(processes.command("yes").pipe("head", "-1").run().successful()).isTrue();
	}

	@Test
	void unstartable(ProcessManager processes) {
		String message = "";
		// region unstartable
		try {
			processes.command("yes").pipe("srot").pipe("head").run();
		}
		catch (ProcessStartException ex) {
			message = ex.getMessage();
		}
		// endregion
		assertThat(message)
			.isEqualTo("Command 'srot' could not be started: program 'srot' not found in the JVM's PATH");
	}

	@Test
	void livePipeline(ProcessManager processes) throws Exception {
		// region live-pipeline
		RunningPipeline running = processes.command("cat").pipe("grep", "--line-buffered", "error").start();
		running.stdin().writeLine("an error");
		boolean seen = running.waitUntil((type, line) -> line.contains("error"), Duration.ofSeconds(10));
		running.stop(); // every stage with its tree, in parallel
		// endregion
		assertThat(seen).isTrue();
		assertThat(running.isRunning()).isFalse();
	}

	@Test
	void javaStage(ProcessManager processes) {
		// region java-stage
		PipelineResult result = processes.pipeline().pipe("sort").pipe("number", (input, output) -> {
			BufferedReader lines = new BufferedReader(new InputStreamReader(input, StandardCharsets.UTF_8));
			PrintWriter out = new PrintWriter(output, false, StandardCharsets.UTF_8);
			int number = 0;
			for (String line = lines.readLine(); line != null; line = lines.readLine()) {
				out.printf("%d %s%n", ++number, line);
			}
			out.flush();
		}).pipe("tail", "-1").input("b\na\n").run();
		// endregion
		assertThat(result.throwIfFailed().output()).isEqualTo("2 b\n");

		PipelineResult unpacked = processes.pipeline()
			.pipe(processes.command("gzip", "-c").input(this.log))
			.pipe("unpack", (input, output) -> new GZIPInputStream(input).transferTo(output))
			.pipe("wc", "-l")
			.run();
		assertThat(unpacked.output().strip()).isEqualTo("3");
	}

	@Test
	void pool(ProcessManager processes) throws Exception {
		Path first = this.log;
		Path second = Files.writeString(this.directory.resolve("other.log"), "");
		// region pool
		PoolResults sums = processes.pool()
			.concurrency(4)
			.add("first", processes.command("cksum", first.toString()))
			.add("second", processes.command("cksum", second.toString()))
			.run()
			.throwIfAnyFailed();
		String sum = sums.get("first").output();
		for (ProcessResult result : sums) { // in the order they were added
			System.out.println(result.name() + " took " + result.duration());
		}

		PoolResults both = processes.concurrently(processes.command("uname"), processes.command("nproc"));
		String system = both.get(0).output();
		// endregion
		assertThat(sum).contains("access.log");
		assertThat(sums.asMap().keySet()).containsExactly("first", "second");
		assertThat(system).isNotEmpty();
	}

	@Test
	void poolFailures(ProcessManager processes) {
		String message = "";
		// region pool-failures
		PoolResults results = processes.pool()
			.add("good", processes.command("echo", "text"))
			.add("bad", processes.shell("echo broken >&2; exit 3"))
			.add("missing", processes.command("no-such-program"))
			.run();
		results.failed(); // true
		results.get("good").output(); // "text\n"
		results.get("missing").exitCode(); // 127, with startError()
		try {
			results.throwIfAnyFailed();
		}
		catch (PoolFailedException ex) {
			message = ex.getMessage(); // lists all failures, as does getSuppressed()
		}
		// endregion
		assertThat(results.failed()).isTrue();
		assertThat(results.get("good").output()).isEqualTo("text\n");
		assertThat(results.get("missing").exitCode()).isEqualTo(127);
		assertThat(message).startsWith("2 of 3 processes of the pool failed:").contains("bad: ", "missing: ");
	}

	@Test
	void poolBounds(ProcessManager processes) {
		List<String> lines = new CopyOnWriteArrayList<>();
		// region pool-bounds
		ProcessPool pool = processes.pool()
			.concurrency(8)
			.failFast() // the first failure stops the rest
			.timeout(Duration.ofMinutes(10)) // for the whole pool; none by default
			.onLine((key, type, line) -> lines.add(key + ": " + line))
			.onProgress((done, total) -> System.out.println(done + " of " + total));
		for (int i = 0; i < 20; i++) {
			pool.add("job-" + i, processes.command("echo", "text").timeout(Duration.ofSeconds(10)));
		}
		PoolResults results = pool.run();
		// endregion
		assertThat(results.size()).isEqualTo(20);
		assertThat(results.successful()).isTrue();
		assertThat(lines).hasSize(20).contains("job-7: text");
	}

	@Test
	void poolLoop(ProcessManager processes) {
		ProcessPool pool = processes.pool().concurrency(1);
		for (int i = 0; i < 4; i++) {
			pool.add(processes.command("sleep", "0.1"));
		}
		// region pool-loop
		RunningPool running = pool.start();
		while (!running.running().isEmpty()) {
			System.out.println("Running: " + running.running().keySet());
			running.waitFor(Duration.ofMillis(100));
		}
		PoolResults results = running.waitFor();
		// endregion
		assertThat(results.successful()).isTrue();
	}

	@Test
	void livePool(ProcessManager processes) throws Exception {
		ProcessPool pool = processes.pool().concurrency(2);
		for (int i = 0; i < 4; i++) {
			pool.add(processes.command("sleep", "60"));
		}
		// region live-pool
		RunningPool running = pool.start();
		running.signal(Signal.CONT); // to all running processes
		boolean over = running.waitFor(Duration.ofMillis(100)).isPresent();
		CompletableFuture<Boolean> later = running.onEnd().thenApply(PoolResults::successful);
		running.stop(); // in parallel; nothing more is started
		PoolResults results = running.waitFor();
		// endregion
		assertThat(over).isFalse();
		assertThat(later.get(10, TimeUnit.SECONDS)).isFalse();
		assertThat(results.get(3).startError()).isPresent();
	}

}
