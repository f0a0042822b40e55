package io.procession.execution;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.jspecify.annotations.Nullable;

import io.procession.concurrent.TimeSource;
import io.procession.concurrent.UninterruptibleWait;
import io.procession.engine.EngineProcess;
import io.procession.engine.Launch;
import io.procession.engine.ProcessEngine;
import io.procession.execution.output.BoundedPipe;
import io.procession.process.Command;
import io.procession.process.OutputFile;
import io.procession.process.ProcessResult;
import io.procession.process.ProcessSpec;
import io.procession.process.ProcessStartException;
import io.procession.process.ProcessStartException.Reason;
import io.procession.process.TimeLimit;

/**
 * A single start of a pipeline: its programs in segments, each joined by native pipes,
 * and the Java stages between the segments. <i>Confined to the thread that starts it.</i>
 */
final class PipelineLaunch {

	private final Pipeline pipeline;

	private final TimeSource time;

	private final TimeLimit timeout;

	private final List<List<PendingProcess>> segments = new ArrayList<>();

	/** The Java stage after each segment but the last. */
	private final List<Pipeline.Stage.Java> streams = new ArrayList<>();

	/** The pipe from each segment but the last to the subsequent Java stage. */
	private final List<BoundedPipe> pipes = new ArrayList<>();

	/** The planner of each program, in order. */
	private final List<ExecutionPlanner> planners = new ArrayList<>();

	private final List<List<Planned>> planned = new ArrayList<>();

	private final List<ProcessExecution> executions = new CopyOnWriteArrayList<>();

	/** Number of programs whose execution has begun and reports its own end. */
	private int begun;

	private @Nullable SharedDeadline sharedDeadline;

	private @Nullable PipelineStopper stopper;

	PipelineLaunch(Pipeline pipeline, TimeLimit otherwise, TimeSource time) {
		this.pipeline = pipeline;
		this.time = time;
		this.timeout = Objects.requireNonNullElse(pipeline.timeout(), otherwise);
		List<PendingProcess> segment = new ArrayList<>();
		List<Pipeline.Stage> stages = pipeline.stages();
		Iterator<PendingProcess> programs = sharingSecrets(stages).iterator();
		for (Pipeline.Stage stage : stages) {
			if (stage instanceof Pipeline.Stage.Program) {
				segment.add(programs.next());
			}
			else if (stage instanceof Pipeline.Stage.Java java) {
				this.segments.add(segment);
				this.streams.add(java);
				this.pipes.add(new BoundedPipe(time));
				segment = new ArrayList<>();
			}
		}
		this.segments.add(segment);
	}

	private static List<PendingProcess> sharingSecrets(List<Pipeline.Stage> stages) {
		List<PendingProcess> programs = new ArrayList<>();
		for (Pipeline.Stage stage : stages) {
			if (stage instanceof Pipeline.Stage.Program program) {
				programs.add(program.pending());
			}
		}
		return PendingProcess.sharingSecrets(programs);
	}

	Command command() {
		return first().command();
	}

	PendingProcess first() {
		return this.segments.get(0).get(0);
	}

	int permits() {
		return this.segments.stream().mapToInt(List::size).sum();
	}

	/** Return how many of the programs have been registered. */
	int entered() {
		return this.executions.size();
	}

	/**
	 * Plan and check all programs before any is started. May take long.
	 * @throws ProcessStartException if a program cannot be started, with its name
	 */
	void prepare(ExecutionContext context, ProcessEngine engine, ExecutionRegistry registry,
			ExecutionPlanner.DefaultInput input) {
		long now = context.time().nanoTime();
		Duration bound = this.timeout.duration();
		this.sharedDeadline = (bound != null) ? SharedDeadline.ofPipeline(bound, now) : null;
		try {
			List<List<ExecutionPlanner>> bySegment = new ArrayList<>();
			for (int i = 0; i < this.segments.size(); i++) {
				bySegment.add(planners(i, context, input));
			}
			bySegment.forEach(this.planners::addAll);
			this.planners.forEach((planner) -> planner.readSecrets(context.authorizer()));
			bySegment.forEach((segment) -> this.planned.add(plan(segment, context, registry)));
			if (this.planned.size() > 1 || this.pipeline.errorTo() != null) {
				// a single segment is checked when it is started, unless the error file
				// is truncated before
				this.planned.forEach((segment) -> engine.check(segment.stream().map(Planned::launch).toList()));
			}
			this.planned.forEach((segment) -> segment.forEach(Planned::openFiles));
			emptyErrorFile();
		}
		catch (RuntimeException | Error ex) {
			undo(ex, registry);
			throw ex;
		}
	}

	private List<ExecutionPlanner> planners(int index, ExecutionContext context, ExecutionPlanner.DefaultInput input) {
		List<PendingProcess> stages = this.segments.get(index);
		List<ExecutionPlanner> segment = new ArrayList<>();
		for (int i = 0; i < stages.size(); i++) {
			boolean last = i == stages.size() - 1;
			BoundedPipe feed = (last && index < this.pipes.size()) ? this.pipes.get(index) : null;
			segment.add(ExecutionPlanner.ofStage(context.settings(), stages.get(i),
					(index == 0 && i == 0) ? input : ExecutionPlanner.DefaultInput.OPEN,
					new ExecutionPlanner.Place(i == 0, last, feed), this.sharedDeadline));
		}
		return segment;
	}

	private static List<Planned> plan(List<ExecutionPlanner> planners, ExecutionContext context,
			ExecutionRegistry registry) {
		List<Planned> segment = new ArrayList<>();
		for (ExecutionPlanner planner : planners) {
			long number = registry.nextNumber();
			segment.add(new Planned(planner, number, planner.launch(registry.id(number), context)));
		}
		return segment;
	}

	/**
	 * Start the prepared programs.
	 * @throws ProcessStartException if a program cannot be started, with its name; the
	 * others are being killed
	 */
	PipelineExecution start(ExecutionContext context, ProcessEngine engine, ExecutionRegistry registry) {
		PipelineStopper stopper = new PipelineStopper(context, this.executions);
		this.stopper = stopper;
		try {
			List<StreamStageExecution> streamExecutions = new ArrayList<>();
			for (int i = 0; i < this.planned.size(); i++) {
				int before = this.executions.size() - 1;
				startSegment(this.planned.get(i), engine, registry);
				if (i > 0) {
					streamExecutions.add(new StreamStageExecution(this.streams.get(i - 1), this.pipes.get(i - 1),
							this.executions.get(before), this.executions.get(before + 1), context, stopper));
				}
			}
			PipelineExecution execution = new PipelineExecution(context, displayName(), this.executions,
					streamExecutions, stopper,
					Objects.requireNonNullElse(this.pipeline.pipefail(), context.settings().pipefail()));
			execution.begin(this.sharedDeadline);
			return execution;
		}
		catch (RuntimeException | Error ex) {
			undo(ex, registry);
			throw ex;
		}
	}

	private String displayName() {
		return this.segments.get(0).get(0).toSpec().shown(this.pipeline.displayName());
	}

	private void startSegment(List<Planned> segment, ProcessEngine engine, ExecutionRegistry registry) {
		List<Launch> launches = segment.stream().map(Planned::launch).toList();
		List<EngineProcess> processes = (launches.size() == 1) ? List.of(engine.start(launches.get(0)))
				: engine.startPipeline(launches);
		List<ProcessExecution> entered = new ArrayList<>();
		for (int i = 0; i < processes.size(); i++) {
			entered.add(registry.enter(segment.get(i).number, segment.get(i).plan(), processes.get(i)));
		}
		this.executions.addAll(entered);
		for (int i = 0; i < entered.size(); i++) {
			registry.begin(entered.get(i));
			segment.get(i).planner.claimEnd();
			this.begun++;
		}
	}

	private void undo(Throwable failure, ExecutionRegistry registry) {
		if (this.stopper != null) {
			// nothing reads the output of programs that were already started
			this.stopper.stopAtAnyRate(ExecutionPlan::toUndo);
		}
		this.pipes.forEach(BoundedPipe::close);
		if (failure instanceof ProcessStartException ex) {
			ExecutionPlanner culprit = culprit(ex);
			String id = culprit.id();
			registry.startFailed((id != null) ? id : registry.id(registry.nextNumber()), culprit, ex);
		}
	}

	/** Report the programs that were not started to the observers. */
	void notStarted(ExecutionContext context, Throwable failure) {
		this.planners.forEach((planner) -> context.observers().notStarted(planner, failure));
	}

	/**
	 * Clean up after a start that failed or was not attempted: close the files that were
	 * opened, and wait for the end of the programs that were started, which are being
	 * killed.
	 * @param bound the maximum time to wait
	 */
	void cleanUp(Duration bound) {
		this.planned.stream().flatMap(List::stream).skip(this.executions.size()).forEach(Planned::closeFiles);
		if (this.stopper == null || this.executions.isEmpty()) {
			return;
		}
		PipelineStopper ending = this.stopper;
		CompletableFuture<Void> gone = this.time.newFuture();
		CompletableFuture
			.allOf(this.executions.stream().map(ProcessExecution::onExit).toArray(CompletableFuture[]::new))
			.thenRun(() -> ending.close(() -> gone.complete(null)));
		UninterruptibleWait.of(bound, (nanos) -> {
			try {
				gone.get(nanos, TimeUnit.NANOSECONDS);
				return true;
			}
			catch (ExecutionException | TimeoutException ex) {
				return false;
			}
		});
	}

	// several stages may have the same command
	private ExecutionPlanner culprit(ProcessStartException ex) {
		List<ExecutionPlanner> suspects = this.planners.stream()
			.skip(this.begun)
			.filter((planner) -> planner.spec().command().equals(ex.command()))
			.toList();
		Optional<String> name = ex.result().map(ProcessResult::name);
		return suspects.stream()
			.filter((planner) -> name.equals(Optional.of(planner.spec().displayName())))
			.findFirst()
			.orElse(suspects.isEmpty() ? this.planners.get(Math.min(this.begun, this.planners.size() - 1))
					: suspects.get(0));
	}

	// it was checked with each stage, which appends to it
	private void emptyErrorFile() {
		OutputFile file = this.pipeline.errorTo();
		if (file == null) {
			return;
		}
		Path path = file.path();
		String what = "the error output file '" + path + "' of its pipeline ";
		ProcessSpec first = this.segments.get(0).get(0).toSpec();
		try {
			Files.write(path, new byte[0]);
		}
		catch (IOException ex) {
			throw new ProcessStartException(first, Reason.FILE_NOT_ACCESSIBLE, what + "cannot be written (" + ex + ")",
					ex);
		}
	}

	/** A program to be started. */
	private static final class Planned {

		private final ExecutionPlanner planner;

		private final long number;

		private final Launch launch;

		private @Nullable ExecutionPlan plan;

		private Planned(ExecutionPlanner planner, long number, Launch launch) {
			this.planner = planner;
			this.number = number;
			this.launch = launch;
		}

		private Launch launch() {
			return this.launch;
		}

		private void openFiles() {
			this.plan = this.planner.plan(this.launch, 1);
		}

		private ExecutionPlan plan() {
			return Objects.requireNonNull(this.plan);
		}

		private void closeFiles() {
			this.planner.closeFiles();
		}

	}

}
