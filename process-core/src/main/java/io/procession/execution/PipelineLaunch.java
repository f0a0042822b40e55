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

import io.procession.engine.EngineProcess;
import io.procession.engine.Launch;
import io.procession.engine.ProcessEngine;
import io.procession.engine.TimeSource;
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

	private final List<List<Planned>> planned = new ArrayList<>();

	private final List<ProcessRun> runs = new CopyOnWriteArrayList<>();

	private @Nullable WholeTimeout whole;

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
		return this.runs.size();
	}

	/**
	 * Plan and check all programs before any is started. May take long.
	 * @throws ProcessStartException if a program cannot be started, with its name
	 */
	void prepare(RunContext context, ProcessEngine engine, RunBooks books, boolean closeInput) {
		long now = context.time().nanoTime();
		Duration bound = this.timeout.duration();
		this.whole = (bound != null) ? WholeTimeout.ofPipeline(bound, now) : null;
		try {
			List<List<RunPlanner>> planners = new ArrayList<>();
			for (int i = 0; i < this.segments.size(); i++) {
				planners.add(planners(i, context, closeInput));
			}
			planners.forEach((segment) -> segment.forEach((planner) -> planner.readSecrets(context.gate())));
			planners.forEach((segment) -> this.planned.add(plan(segment, context, books)));
			if (this.planned.size() > 1 || this.pipeline.errorTo() != null) {
				// a single segment is checked when it is started, unless the error file
				// is truncated before
				this.planned.forEach((segment) -> engine.check(segment.stream().map(Planned::launch).toList()));
			}
			this.planned.forEach((segment) -> segment.forEach(Planned::openFiles));
			emptyErrorFile();
		}
		catch (RuntimeException | Error ex) {
			undo(ex, books);
			throw ex;
		}
	}

	private List<RunPlanner> planners(int index, RunContext context, boolean closeInput) {
		List<PendingProcess> stages = this.segments.get(index);
		List<RunPlanner> segment = new ArrayList<>();
		for (int i = 0; i < stages.size(); i++) {
			boolean last = i == stages.size() - 1;
			BoundedPipe feed = (last && index < this.pipes.size()) ? this.pipes.get(index) : null;
			PendingProcess stage = stages.get(i);
			if (index == 0 && i == 0 && closeInput && isSilent(stage)) {
				stage = stage.input(new byte[0]);
			}
			segment.add(RunPlanner.ofStage(context.settings(), stage, new RunPlanner.Place(i == 0, last, feed),
					this.whole));
		}
		return segment;
	}

	private static List<Planned> plan(List<RunPlanner> planners, RunContext context, RunBooks books) {
		List<Planned> segment = new ArrayList<>();
		for (RunPlanner planner : planners) {
			long number = books.nextNumber();
			segment.add(new Planned(planner, number, planner.launch(books.id(number), context.gate())));
		}
		return segment;
	}

	/**
	 * Start the prepared programs.
	 * @throws ProcessStartException if a program cannot be started, with its name; the
	 * others are being killed
	 */
	PipelineRun start(RunContext context, ProcessEngine engine, RunBooks books) {
		PipelineStopper stopper = new PipelineStopper(context, this.runs);
		this.stopper = stopper;
		try {
			List<StreamStageRun> streamRuns = new ArrayList<>();
			for (int i = 0; i < this.planned.size(); i++) {
				int before = this.runs.size() - 1;
				startSegment(this.planned.get(i), engine, books);
				if (i > 0) {
					streamRuns.add(new StreamStageRun(this.streams.get(i - 1), this.pipes.get(i - 1),
							this.runs.get(before), this.runs.get(before + 1), context, stopper));
				}
			}
			PipelineRun run = new PipelineRun(context, displayName(), this.runs, streamRuns, stopper,
					Objects.requireNonNullElse(this.pipeline.pipefail(), context.settings().pipefail()));
			run.begin(this.whole);
			return run;
		}
		catch (RuntimeException | Error ex) {
			undo(ex, books);
			throw ex;
		}
	}

	private String displayName() {
		return this.segments.get(0).get(0).toSpec().shown(this.pipeline.displayName());
	}

	private void startSegment(List<Planned> segment, ProcessEngine engine, RunBooks books) {
		List<Launch> launches = segment.stream().map(Planned::launch).toList();
		List<EngineProcess> processes = (launches.size() == 1) ? List.of(engine.start(launches.get(0)))
				: engine.startPipeline(launches);
		List<ProcessRun> entered = new ArrayList<>();
		for (int i = 0; i < processes.size(); i++) {
			entered.add(books.enter(segment.get(i).number, segment.get(i).plan(), processes.get(i)));
		}
		this.runs.addAll(entered);
		entered.forEach(books::begin);
	}

	private void undo(Throwable failure, RunBooks books) {
		if (this.stopper != null) {
			// nothing reads the output of programs that were already started
			this.stopper.stopAtAnyRate(RunPlan::toUndo);
		}
		this.pipes.forEach(BoundedPipe::close);
		if (failure instanceof ProcessStartException ex) {
			books.startFailed(books.id(books.nextNumber()), culprit(ex), ex);
		}
	}

	/**
	 * Clean up after a start that failed or was not attempted: close the files that were
	 * opened, and wait for the end of the programs that were started, which are being
	 * killed.
	 * @param bound the maximum time to wait
	 */
	void cleanUp(Duration bound) {
		this.planned.stream().flatMap(List::stream).skip(this.runs.size()).forEach(Planned::closeFiles);
		if (this.stopper == null || this.runs.isEmpty()) {
			return;
		}
		PipelineStopper ending = this.stopper;
		CompletableFuture<Void> gone = this.time.newFuture();
		CompletableFuture.allOf(this.runs.stream().map(ProcessRun::onExit).toArray(CompletableFuture[]::new))
			.thenRun(() -> ending.close(() -> gone.complete(null)));
		Waiting.of(bound, (nanos) -> {
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
	private PendingProcess culprit(ProcessStartException ex) {
		List<PendingProcess> suspects = this.segments.stream()
			.flatMap(List::stream)
			.filter((stage) -> stage.command().equals(ex.command()))
			.toList();
		Optional<String> name = ex.result().map(ProcessResult::name);
		return suspects.stream()
			.filter((stage) -> name.equals(Optional.of(RunBooks.shownName(stage, ex))))
			.findFirst()
			.orElse(suspects.isEmpty() ? this.segments.get(0).get(0) : suspects.get(0));
	}

	private static boolean isSilent(PendingProcess stage) {
		return stage.toSpec().input() == null && stage.inputStream() == null;
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

		private final RunPlanner planner;

		private final long number;

		private final Launch launch;

		private @Nullable RunPlan plan;

		private Planned(RunPlanner planner, long number, Launch launch) {
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

		private RunPlan plan() {
			return Objects.requireNonNull(this.plan);
		}

		private void closeFiles() {
			this.planner.closeFiles();
		}

	}

}
