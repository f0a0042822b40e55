package io.procession;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.procession.engine.ProcessEngine;
import io.procession.engine.local.LocalProcessEngine;
import io.procession.event.ProcessEvent;
import io.procession.event.ProcessListener;
import io.procession.event.ProcessStartFailed;
import io.procession.event.ProcessStarting;
import io.procession.execution.ExecutionObserver;
import io.procession.execution.PendingProcess;
import io.procession.execution.Pipeline;
import io.procession.execution.RunningProcess;
import io.procession.execution.StartingExecution;
import io.procession.process.Command;
import io.procession.process.ExitCause;
import io.procession.process.Origin;
import io.procession.process.Origin.Kind;
import io.procession.process.ProcessDeniedException;
import io.procession.process.ProcessFailedException;
import io.procession.process.ProcessResult;
import io.procession.process.ProcessSpec;
import io.procession.process.ProcessStartException;
import io.procession.process.Secret;
import io.procession.supervision.ProcessSupervisor;
import io.procession.supervision.Program;
import io.procession.supervision.RestartPolicy;
import io.procession.testing.FailingEngine;
import io.procession.testing.LogCapture;
import io.procession.testing.RealProcesses;

import static io.procession.testing.Bounds.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

@RealProcesses
class ExecutionObserverIntegrationTests {

	private static final Origin JOB = Origin.builder(Kind.JOB).name("mail").build();

	private final Recorder recorder = new Recorder("recorder");

	private ProcessManager observed(ExecutionObserver... observers) {
		ProcessManager.Builder builder = ProcessManager.builder();
		List.of(observers).forEach(builder::observer);
		return builder.build();
	}

	private static ExecutionObserver setting(String name, String value) {
		return new ExecutionObserver() {

			@Override
			public void starting(StartingExecution execution, Origin origin) {
				execution.variable(name, value);
			}

		};
	}

	private static String printed(ProcessManager processes, String variable) {
		return processes.shell("echo \"${" + variable + "-unset}\"").run().output().strip();
	}

	@Test
	void addsVariables() {
		try (ProcessManager processes = observed(setting("TRACEPARENT", "00-1"))) {
			assertThat(printed(processes, "TRACEPARENT")).isEqualTo("00-1");
			assertThat(processes.shell("echo $TRACEPARENT").inheritEnv(false).run().output()).isEqualTo("00-1\n");
			assertThat(processes.shell("echo $TRACEPARENT").start().onExit().join().output()).isEqualTo("00-1\n");
			assertThat(processes.shell("echo $TRACEPARENT").runAsync().join().output()).isEqualTo("00-1\n");
		}
	}

	@Test
	void doesNotReplaceVariablesOfProcess() {
		try (ProcessManager processes = observed(setting("TRACEPARENT", "observer"))) {
			PendingProcess echo = processes.shell("echo ${TRACEPARENT-unset}");

			assertThat(echo.env("TRACEPARENT", "own").run().output()).isEqualTo("own\n");
			assertThat(echo.secretEnv("TRACEPARENT", Secret.of("secret")).run().output()).isEqualTo("secret\n");
			assertThat(echo.unsetEnv("TRACEPARENT").run().output()).isEqualTo("unset\n");
		}
	}

	@Test
	void replacesInheritedVariable() {
		try (ProcessManager processes = observed(setting("HOME", "/observer"))) {
			assertThat(printed(processes, "HOME")).isEqualTo("/observer");
		}
	}

	@Test
	void laterObserverReplacesVariableOfEarlierOne() {
		try (ProcessManager processes = observed(setting("V", "1"), setting("V", "2"))) {
			assertThat(printed(processes, "V")).isEqualTo("2");
		}
	}

	@Test
	void valueIsHiddenInExcerptsIfItsNameIsThatOfSecret() {
		try (ProcessManager processes = observed(setting("API_TOKEN", "sesame-open-0815"))) {
			ProcessResult result = processes.shell("echo $API_TOKEN >&2; exit 3").run();

			assertThat(result.errorOutput()).isEqualTo("sesame-open-0815\n");
			ProcessFailedException failure = catchThrowableOfType(ProcessFailedException.class, result::throwIfFailed);
			assertThat(failure).hasMessageNotContaining("sesame");
		}
	}

	@Test
	void isCalledBeforeStartAndAfterLastEvent() {
		String caller = Thread.currentThread().getName();
		List<Object> calls = new CopyOnWriteArrayList<>();
		try (ProcessManager processes = observed(new ExecutionObserver() {

			@Override
			public void starting(StartingExecution execution, Origin origin) {
				calls.add("starting on " + Thread.currentThread().getName());
				calls.add(execution.executionId());
			}

			@Override
			public void finished(String executionId, ProcessSpec spec, Origin origin, ProcessResult result) {
				calls.add("finished on " + Thread.currentThread().getName().replaceAll("-\\d+$", ""));
				calls.add(executionId);
				calls.add(result.exitCode());
			}

		})) {
			processes.addListener(new ProcessListener() {

				@Override
				public void beforeStart(ProcessStarting event) {
					calls.add("before start");
				}

				@Override
				public void onEvent(ProcessEvent event) {
					calls.add(event.getClass().getSimpleName());
				}

			});

			RunningProcess process = processes.shell("exit 3").start();

			await().atMost(SOON)
				.untilAsserted(() -> assertThat(calls).containsExactly("starting on " + caller, process.executionId(),
						"before start", "ProcessStarted", "ProcessExited", "finished on procession-events",
						process.executionId(), 3));
		}
	}

	@Test
	void receivesSpecOriginAndResult() {
		try (ProcessManager processes = observed(this.recorder)) {
			processes.shell("echo out; exit 4").name("worker").origin(JOB).run();

			this.recorder.awaitFinished(1);
			assertThat(this.recorder.started).hasSize(1);
			Finished finished = this.recorder.finished.get(0);
			assertThat(this.recorder.started).containsOnlyKeys(finished.id).containsValue(JOB);
			assertThat(finished.origin).isEqualTo(JOB);
			assertThat(finished.spec.displayName()).isEqualTo("worker");
			assertThat(finished.result.exitCode()).isEqualTo(4);
			assertThat(finished.result.output()).isEqualTo("out\n");
			assertThat(finished.result.cause()).isEqualTo(ExitCause.EXITED);
		}
	}

	@Test
	void callsObserversInOrder() {
		List<String> calls = new CopyOnWriteArrayList<>();
		Recorder first = new Recorder("first", calls);
		Recorder second = new Recorder("second", calls);
		try (ProcessManager processes = observed(first, second)) {
			processes.run("true");

			second.awaitFinished(1);
			assertThat(calls).containsExactly("first starting", "second starting", "first finished", "second finished");
		}
	}

	@Test
	void failureOfObserverAffectsNothingElse() {
		ExecutionObserver failing = new ExecutionObserver() {

			@Override
			public void starting(StartingExecution execution, Origin origin) {
				execution.variable("A", "1");
				execution.variable("B=", "2");
			}

			@Override
			public void finished(String executionId, ProcessSpec spec, Origin origin, ProcessResult result) {
				throw new AssertionError("finished fails");
			}

		};
		try (LogCapture log = LogCapture.begin();
				ProcessManager processes = observed(failing, this.recorder, setting("C", "3"))) {
			ProcessResult result = processes.shell("echo $A$C").name("worker").run();

			assertThat(result.output()).isEqualTo("13\n");
			this.recorder.awaitFinished(1);
			await().atMost(SOON)
				.untilAsserted(() -> assertThat(log.text())
					.contains("Execution observer failed; the process is started regardless",
							failing.getClass().getName(), "name=worker", "'B=' cannot be the name")
					.contains("finished fails"));
		}
	}

	@Test
	void variableCannotBeSetAfterwards() {
		List<StartingExecution> executions = new CopyOnWriteArrayList<>();
		try (ProcessManager processes = observed(new ExecutionObserver() {

			@Override
			public void starting(StartingExecution execution, Origin origin) {
				executions.add(execution);
			}

		})) {
			processes.run("true");

			assertThatIllegalStateException().isThrownBy(() -> executions.get(0).variable("LATE", "1"))
				.withMessage("The variable 'LATE' can only be set within starting(...)");
		}
	}

	@Test
	void seesSecretsOnlyAsSuch() {
		try (ProcessManager processes = observed(this.recorder)) {
			processes.command("true", "--password=sesame").secretArg(Secret.of("open")).run();

			this.recorder.awaitFinished(1);
			assertThat(this.recorder.shown).hasSize(2)
				.allSatisfy((shown) -> assertThat(shown).doesNotContain("sesame", "open"));
		}
	}

	@Test
	void finishedReportsFailedStart() {
		List<ProcessEvent> events = new CopyOnWriteArrayList<>();
		try (ProcessManager processes = observed(this.recorder)) {
			processes.addListener(events::add);

			assertThatExceptionOfType(ProcessStartException.class)
				.isThrownBy(processes.command("no-such-program-here")::run);

			this.recorder.awaitFinished(1);
			Finished finished = this.recorder.finished.get(0);
			assertThat(this.recorder.started).containsOnlyKeys(finished.id);
			assertThat(finished.result.cause()).isEqualTo(ExitCause.START_FAILED);
			assertThat(finished.result.exitCode()).isEqualTo(127);
			assertThat(events).singleElement()
				.isInstanceOfSatisfying(ProcessStartFailed.class,
						(failed) -> assertThat(failed.executionId()).isEqualTo(finished.id));
		}
	}

	@Test
	void finishedReportsDeniedStart() {
		try (ProcessManager processes = observed(this.recorder)) {
			PendingProcess denied = processes.command("true").beforeStart((event) -> {
				throw new IllegalStateException("not today");
			});

			assertThatExceptionOfType(ProcessDeniedException.class).isThrownBy(denied::run);

			this.recorder.awaitFinished(1);
			assertThat(this.recorder.started).containsOnlyKeys(this.recorder.finished.get(0).id);
			assertThat(this.recorder.finished.get(0).result.cause()).isEqualTo(ExitCause.START_FAILED);
		}
	}

	@Test
	void finishedReportsStartWithoutSecret() {
		try (ProcessManager processes = observed(this.recorder)) {
			PendingProcess missing = processes.command("true").secretEnv("PW", Secret.reference("missing"));

			assertThatExceptionOfType(ProcessStartException.class).isThrownBy(missing::run);

			this.recorder.awaitFinished(1);
			assertThat(this.recorder.started).isEmpty();
		}
	}

	@Test
	void finishedReportsStartThatVetoEndsByError() {
		try (ProcessManager processes = observed(this.recorder)) {
			PendingProcess failing = processes.command("true").beforeStart((event) -> {
				throw new AssertionError("no veto");
			});

			assertThatExceptionOfType(AssertionError.class).isThrownBy(failing::run);

			this.recorder.awaitFinished(1);
			assertThat(this.recorder.started).containsOnlyKeys(this.recorder.finished.get(0).id);
			assertThat(this.recorder.finished.get(0).result.cause()).isEqualTo(ExitCause.START_FAILED);
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void observesPipelines(boolean javaStage) {
		try (ProcessManager processes = observed(this.recorder, setting("V", "x"))) {
			Pipeline first = processes.pipeline().pipe(processes.shell("echo $V"));
			Pipeline pipeline = (javaStage ? first.pipe("copy", (in, out) -> in.transferTo(out)) : first)
				.pipe(processes.shell("cat; echo $V"));

			assertThat(pipeline.run().output()).isEqualTo("x\nx\n");

			this.recorder.awaitFinished(2);
			assertThat(this.recorder.started).containsOnlyKeys(this.recorder.finished.get(0).id,
					this.recorder.finished.get(1).id);
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void finishedReportsAllProgramsOfPipelineThatCannotBeStarted(boolean javaStage) {
		List<ProcessEvent> events = new CopyOnWriteArrayList<>();
		try (ProcessManager processes = observed(this.recorder)) {
			processes.addListener(events::add);
			Pipeline first = processes.pipeline().pipe("echo", "x").pipe("cat");
			Pipeline pipeline = (javaStage ? first.pipe("copy", (in, out) -> in.transferTo(out)) : first)
				.pipe("no-such-program-here");

			assertThatExceptionOfType(ProcessStartException.class).isThrownBy(pipeline::run);

			this.recorder.awaitFinished(3);
			assertThat(this.recorder.started).hasSize(3)
				.containsOnlyKeys(this.recorder.finished.stream().map(Finished::id).toArray(String[]::new));
			assertThat(this.recorder.finished)
				.filteredOn((finished) -> finished.result.name().equals("no-such-program-here"))
				.singleElement()
				.satisfies((finished) -> {
					assertThat(finished.result.cause()).isEqualTo(ExitCause.START_FAILED);
					assertThat(events).filteredOn(ProcessStartFailed.class::isInstance)
						.extracting(ProcessEvent::executionId)
						.containsExactly(finished.id);
				});
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void eachProgramOfPipelineFinishesOnceIfLaterSegmentFails(boolean known) {
		AtomicInteger starts = new AtomicInteger();
		ProcessEngine engine = new FailingEngine(new LocalProcessEngine(true, null), (launch) -> {
			if (starts.incrementAndGet() == 2) {
				throw known
						? new ProcessStartException(launch.spec(), ProcessStartException.Reason.BUSY, "planned", null)
						: new IllegalStateException("planned");
			}
		});
		try (ProcessManager processes = ProcessManager.builder().engine(engine).observer(this.recorder).build()) {
			Pipeline pipeline = processes.pipeline()
				.pipe("sleep", "300")
				.pipe("copy", (in, out) -> in.transferTo(out))
				.pipe("sleep", "300");

			assertThatExceptionOfType(RuntimeException.class).isThrownBy(pipeline::run)
				.withMessageContaining("planned");
		}

		assertThat(this.recorder.finished).extracting((finished) -> finished.result.cause())
			.containsExactlyInAnyOrder(ExitCause.STOPPED, ExitCause.START_FAILED);
		assertThat(this.recorder.started).hasSize(2)
			.containsOnlyKeys(this.recorder.finished.stream().map(Finished::id).toArray(String[]::new));
	}

	@Test
	void observesPools() {
		try (ProcessManager processes = observed(this.recorder, setting("V", "x"))) {
			PendingProcess echo = processes.shell("echo $V");

			assertThat(processes.concurrently(echo, echo, echo).asMap().values()).extracting(ProcessResult::output)
				.containsExactly("x\n", "x\n", "x\n");

			this.recorder.awaitFinished(3);
			assertThat(this.recorder.started).hasSize(3);
		}
	}

	@Test
	void observesPrograms() {
		try (ProcessManager processes = observed(this.recorder, setting("V", "x"));
				ProcessSupervisor supervisor = ProcessSupervisor.create(processes.launcher())) {
			supervisor.add(Program.builder("worker", ProcessSpec.of(Command.shell("echo $V; exit 1")))
				.restart(RestartPolicy.never())
				.build());
			supervisor.start();

			this.recorder.awaitFinished(1);
			Finished finished = this.recorder.finished.get(0);
			assertThat(finished.origin).isEqualTo(Origin.builder(Kind.PROGRAM).name("worker").attempt(1).build());
			assertThat(finished.result.output()).isEqualTo("x\n");
		}
	}

	@Test
	void managerWithoutObserverHasNoEventThread() {
		try (ProcessManager processes = observed()) {
			processes.run("true");

			assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName)
				.noneMatch((name) -> name.startsWith("procession-events"));
		}
	}

	@Test
	void closeWaitsForObservers() {
		try (ProcessManager processes = observed(this.recorder)) {
			processes.command("sleep", "300").start();
		}

		assertThat(this.recorder.finished).singleElement()
			.satisfies((finished) -> assertThat(finished.result.cause()).isEqualTo(ExitCause.SHUTDOWN));
	}

	private record Finished(String id, ProcessSpec spec, Origin origin, ProcessResult result) {

	}

	private static final class Recorder implements ExecutionObserver {

		private final String name;

		private final List<String> calls;

		private final Map<String, Origin> started = new ConcurrentHashMap<>();

		private final List<Finished> finished = new CopyOnWriteArrayList<>();

		private final List<String> shown = new CopyOnWriteArrayList<>();

		private Recorder(String name) {
			this(name, new CopyOnWriteArrayList<>());
		}

		private Recorder(String name, List<String> calls) {
			this.name = name;
			this.calls = calls;
		}

		@Override
		public void starting(StartingExecution execution, Origin origin) {
			this.calls.add(this.name + " starting");
			this.shown.add(execution + " " + execution.spec());
			this.started.put(execution.executionId(), origin);
		}

		@Override
		public void finished(String executionId, ProcessSpec spec, Origin origin, ProcessResult result) {
			this.calls.add(this.name + " finished");
			this.shown.add(spec + " " + result);
			this.finished.add(new Finished(executionId, spec, origin, result));
		}

		private void awaitFinished(int count) {
			await().atMost(SOON).untilAsserted(() -> assertThat(this.finished).hasSize(count));
		}

	}

}
