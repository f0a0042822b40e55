package io.procession;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import io.procession.event.ProcessExited;
import io.procession.execution.PendingProcess;
import io.procession.execution.PipelineResult;
import io.procession.process.ExitCause;
import io.procession.process.ProcessResult;
import io.procession.process.Secret;
import io.procession.testing.Plant;
import io.procession.testing.RealProcesses;
import io.procession.testing.Threads;

import static io.procession.testing.Bounds.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for processes whose future is completed by other code.
 */
@RealProcesses
class AsyncIntegrationTests {

	private static final String TREE = "sleep 300 & echo ready; wait";

	private final Plant plant = Plant.fresh();

	private PendingProcess tree(ProcessManager processes) {
		return processes.shell(TREE).env(Plant.NAME, this.plant.value());
	}

	private void hasStarted(int count) {
		await().atMost(SOON).until(() -> this.plant.alive().size() == count);
	}

	private void isGone(ProcessManager processes) {
		await().atMost(SOON).until(() -> this.plant.alive().isEmpty() && processes.running().isEmpty());
	}

	static List<Consumer<CompletableFuture<?>>> completions() {
		return List.of((future) -> future.cancel(true), (future) -> future.cancel(false),
				(future) -> future.completeExceptionally(new IllegalStateException("planned")),
				(future) -> future.complete(null), (future) -> future.orTimeout(1, TimeUnit.MILLISECONDS),
				(future) -> future.completeOnTimeout(null, 1, TimeUnit.MILLISECONDS),
				(future) -> future.completeAsync(() -> null));
	}

	@ParameterizedTest
	@MethodSource("completions")
	void stopsProcessTreeWhenItsFutureIsCompleted(Consumer<CompletableFuture<?>> completion) {
		List<ExitCause> causes = new CopyOnWriteArrayList<>();
		try (ProcessManager processes = ProcessManager.create()) {
			processes.addListener((event) -> {
				if (event instanceof ProcessExited ended) {
					causes.add(ended.cause());
				}
			});
			CompletableFuture<ProcessResult> result = tree(processes).runAsync();
			hasStarted(2);

			completion.accept(result);

			isGone(processes);
			await().atMost(SOON).until(() -> !causes.isEmpty());
			assertThat(causes).containsExactly(ExitCause.STOPPED);
			assertThat(result).isDone();
		}
	}

	@ParameterizedTest
	@MethodSource("completions")
	void stopsPipelineWhenItsFutureIsCompleted(Consumer<CompletableFuture<?>> completion) {
		try (ProcessManager processes = ProcessManager.create()) {
			CompletableFuture<PipelineResult> result = tree(processes).pipe(tree(processes)).runAsync();
			hasStarted(4);

			completion.accept(result);

			isGone(processes);
			assertThat(result).isDone();
		}
	}

	@Test
	void stopsBeforeDependentFutureCompletes(ProcessManager processes) {
		CountDownLatch go = new CountDownLatch(1);
		CompletableFuture<ProcessResult> result = tree(processes).runAsync();
		result.whenComplete((made, failure) -> Threads.hold(go));
		hasStarted(2);

		Thread canceling = Threads.start(() -> result.cancel(true));

		isGone(processes);
		assertThat(canceling.isAlive()).isTrue();
		go.countDown();
		await().atMost(SOON).until(() -> !canceling.isAlive());
	}

	@Test
	void stopsProcessThatWasBeingStartedWhenCanceled() {
		CountDownLatch requested = new CountDownLatch(1);
		CountDownLatch go = new CountDownLatch(1);
		try (ProcessManager processes = ProcessManager.builder().secretResolver((name) -> {
			requested.countDown();
			Threads.hold(go);
			return "value";
		}).build()) {
			CompletableFuture<ProcessResult> result = tree(processes).secretEnv("TOKEN", Secret.reference("token"))
				.runAsync();
			Threads.hold(requested);

			assertThat(result.cancel(true)).isTrue();
			go.countDown();

			isGone(processes);
			// its permit and its queue place are available again
			assertThat(processes.run("true").successful()).isTrue();
		}
		finally {
			go.countDown();
		}
	}

	@Test
	void continuesWhenDependentFutureIsCanceled(ProcessManager processes) {
		CompletableFuture<ProcessResult> result = processes.shell("read -r line; echo $line").input("x\n").runAsync();

		result.thenApply(ProcessResult::output).cancel(true);

		assertThat(result).succeedsWithin(SOON).extracting(ProcessResult::output).isEqualTo("x\n");
	}

	@Test
	void stopsProcessWhenItsFutureTimesOut(ProcessManager processes) {
		CompletableFuture<ProcessResult> result = tree(processes).runAsync().orTimeout(1, TimeUnit.SECONDS);

		assertThat(result).failsWithin(SOON).withThrowableThat().withCauseInstanceOf(TimeoutException.class);
		isGone(processes);
	}

}
