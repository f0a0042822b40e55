package io.procession.pool;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.procession.ProcessManager;
import io.procession.process.ProcessResult;
import io.procession.testing.RealProcesses;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for pools of very many processes.
 */
@RealProcesses
class PoolLoadIntegrationTests {

	@ParameterizedTest
	@ValueSource(ints = { 1, 4, 64 })
	void hasCorrectResultForEachOfMany(int concurrency, ProcessManager processes) {
		many(200, concurrency, processes);
	}

	@Tag("stress")
	@Timeout(value = 10, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
	@ParameterizedTest
	@ValueSource(ints = { 1, 4, 64 })
	void hasCorrectResultForEachOfThousand(int concurrency, ProcessManager processes) {
		many(1000, concurrency, processes);
	}

	private static void many(int count, int concurrency, ProcessManager processes) {
		List<Integer> progress = Collections.synchronizedList(new ArrayList<>());
		ProcessPool pool = processes.pool()
			.concurrency(concurrency)
			.timeout(Duration.ofMinutes(9))
			.onProgress((done, total) -> progress.add(done));
		for (int i = 0; i < count; i++) {
			pool.add("key-" + i, (i % 10 == 9) ? processes.command("no-such-program-" + i)
					: processes.shell("echo out $1; echo err $1 >&2; exit $2", "" + i, "" + i % 3));
		}

		PoolResults results = pool.run();

		assertThat(results.size()).isEqualTo(count);
		for (int i = 0; i < count; i++) {
			ProcessResult result = results.get(i);
			assertThat(results.get("key-" + i)).isSameAs(result);
			assertThat(result.exitCode()).isEqualTo((i % 10 == 9) ? 127 : i % 3);
			assertThat(result.output()).isEqualTo((i % 10 == 9) ? "" : "out " + i + "\n");
			assertThat(result.errorOutput()).isEqualTo((i % 10 == 9) ? "" : "err " + i + "\n");
		}
		assertThat(progress).isSorted().doesNotHaveDuplicates().endsWith(count);
	}

	@Test
	void retainsNeitherThreadNorDuplicateOutputPerProcess(ProcessManager processes) {
		holdsLittle(1000, 64 * 1024, processes);
	}

	@Tag("stress")
	@Timeout(value = 10, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
	@Test
	void retainsNeitherThreadNorDuplicateOutputForTenThousand(ProcessManager processes) {
		holdsLittle(10_000, 16 * 1024, processes);
	}

	private static void holdsLittle(int count, int bytes, ProcessManager processes) {
		int concurrency = 16;
		long data = (long) count * bytes;
		AtomicLong heapNearTheEnd = new AtomicLong();
		ProcessPool pool = processes.pool()
			.concurrency(concurrency)
			.timeout(Duration.ofMinutes(9))
			.onProgress((done, total) -> {
				if (done > total - concurrency && heapNearTheEnd.get() == 0) {
					heapNearTheEnd.set(usedHeap());
				}
			});
		for (int i = 0; i < count; i++) {
			pool.add(processes.command("head", "-c", Integer.toString(bytes), "/dev/zero"));
		}
		ThreadMXBean threads = ManagementFactory.getThreadMXBean();
		long heapBefore = usedHeap();
		int threadsBefore = threads.getThreadCount();
		threads.resetPeakThreadCount();

		RunningPool running = pool.start();
		PoolResults results = running.waitFor();

		// two pumps and the JDK's reaper for each running process, the launches, and some
		// more
		assertThat(threads.getPeakThreadCount() - threadsBefore).isBetween(1, 3 * concurrency + 32 + 20);
		assertThat(heapNearTheEnd.get() - heapBefore).isLessThan(data + data / 2);
		assertThat(results).hasSize(count).allMatch((result) -> result.outputBytes().length == bytes);
		assertThat(usedHeap() - heapBefore).isBetween(data / 2, data + data / 2);
		assertThat(running.waitFor()).isSameAs(results);
	}

	private static long usedHeap() {
		System.gc();
		return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
	}

}
