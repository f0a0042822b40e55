package io.procession.execution;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.jspecify.annotations.Nullable;

import io.procession.engine.EngineProcess;
import io.procession.engine.Launch;
import io.procession.engine.ProcessEngine;
import io.procession.process.Command;
import io.procession.process.OutputFile;
import io.procession.process.ProcessResult;
import io.procession.process.ProcessStartException;
import io.procession.process.ProcessStartException.Reason;
import io.procession.process.Signal;
import io.procession.process.TimeLimit;

/**
 * One start of a pipeline: its programs in segments, each joined by native pipes, and the
 * stages in Java between them. <i>Confined to the thread that starts it.</i>
 */
final class PipelineLaunch {

	/** How long a start that failed waits for what it has started, which is killed. */
	private static final Duration END_BOUND = Duration.ofSeconds(10);

	private final Pipeline pipeline;

	private final TimeLimit timeout;

	private final List<List<PendingProcess>> segments = new ArrayList<>();

	/** The stage in Java after each segment but the last. */
	private final List<Pipeline.Stage.Java> streams = new ArrayList<>();

	private final List<ProcessRun> runs = new ArrayList<>();

	PipelineLaunch(Pipeline pipeline, TimeLimit otherwise) {
		this.pipeline = pipeline;
		this.timeout = Objects.requireNonNullElse(pipeline.timeout(), otherwise);
		List<PendingProcess> segment = new ArrayList<>();
		for (Pipeline.Stage stage : pipeline.stages()) {
			if (stage instanceof Pipeline.Stage.Program program) {
				segment.add(program.pending());
			}
			else if (stage instanceof Pipeline.Stage.Java java) {
				this.segments.add(segment);
				this.streams.add(java);
				segment = new ArrayList<>();
			}
		}
		this.segments.add(segment);
	}

	Command command() {
		return this.segments.get(0).get(0).command();
	}

	int permits() {
		return this.segments.stream().mapToInt(List::size).sum();
	}

	/** How many of its programs have come into the books. */
	int entered() {
		return this.runs.size();
	}

	PipelineRun start(RunContext context, ProcessEngine engine, RunBooks books, boolean closeInput) {
		ProcessSettings settings = context.settings();
		emptyErrorFile();
		List<StreamStageRun> streamRuns = new ArrayList<>();
		List<BoundedPipe> pipes = new ArrayList<>();
		try {
			BoundedPipe feed = null;
			for (int i = 0; i < this.segments.size(); i++) {
				boolean last = i == this.segments.size() - 1;
				BoundedPipe next = last ? null : new BoundedPipe();
				if (next != null) {
					pipes.add(next);
				}
				int before = this.runs.size() - 1;
				startSegment(i, next, context, engine, books, closeInput);
				if (feed != null) {
					streamRuns.add(new StreamStageRun(this.streams.get(i - 1), feed, this.runs.get(before),
							this.runs.get(before + 1), context, settings.drain()));
				}
				feed = next;
			}
		}
		catch (RuntimeException ex) {
			// what was started already has nobody to read it
			this.runs.forEach((run) -> run.abort(Signal.KILL, Duration.ZERO));
			pipes.forEach(BoundedPipe::close);
			this.runs.forEach(PipelineLaunch::awaitEnd);
			throw ex;
		}
		streamRuns.forEach(StreamStageRun::begin);
		return new PipelineRun(this.pipeline.displayName(), this.runs, streamRuns,
				Objects.requireNonNullElse(this.pipeline.pipefail(), settings.pipefail()));
	}

	private void startSegment(int index, @Nullable BoundedPipe next, RunContext context, ProcessEngine engine,
			RunBooks books, boolean closeInput) {
		List<PendingProcess> stages = this.segments.get(index);
		List<RunPlanner> planners = new ArrayList<>();
		List<Long> numbers = new ArrayList<>();
		List<Launch> launches = new ArrayList<>();
		List<RunPlan> plans = new ArrayList<>();
		try {
			for (int i = 0; i < stages.size(); i++) {
				boolean last = i == stages.size() - 1;
				BoundedPipe feed = last ? next : null;
				PendingProcess stage = stages.get(i);
				if (index == 0 && i == 0 && closeInput && isSilent(stage)) {
					stage = stage.input(new byte[0]);
				}
				RunPlanner planner = RunPlanner.ofStage(context.settings(), stage,
						new RunPlanner.Place(i == 0, last, feed), this.timeout);
				planners.add(planner);
				numbers.add(books.nextNumber());
				Launch launch = planner.launch(books.id(numbers.get(i)), context.gate());
				launches.add(launch);
				plans.add(planner.plan(launch, 1));
			}
			List<EngineProcess> processes = (launches.size() == 1) ? List.of(engine.start(launches.get(0)))
					: engine.startPipeline(launches);
			List<ProcessRun> entered = new ArrayList<>();
			for (int i = 0; i < processes.size(); i++) {
				entered.add(books.enter(numbers.get(i), plans.get(i), processes.get(i)));
			}
			this.runs.addAll(entered);
			entered.forEach(books::begin);
		}
		catch (ProcessStartException ex) {
			planners.forEach(RunPlanner::closeFiles);
			books.startFailed(books.id(numbers.get(0)), culprit(stages, ex), ex);
			throw ex;
		}
	}

	private static void awaitEnd(ProcessRun run) {
		CompletableFuture<ProcessResult> end = run.onExit();
		Waiting.of(END_BOUND, (nanos) -> {
			try {
				end.get(nanos, TimeUnit.NANOSECONDS);
				return true;
			}
			catch (ExecutionException | TimeoutException ex) {
				return false;
			}
		});
	}

	private static PendingProcess culprit(List<PendingProcess> stages, ProcessStartException ex) {
		return stages.stream()
			.filter((stage) -> stage.command().equals(ex.command()))
			.findFirst()
			.orElse(stages.get(0));
	}

	private static boolean isSilent(PendingProcess stage) {
		return stage.toSpec().input() == null && stage.inputStream() == null;
	}

	// the stages append to it
	private void emptyErrorFile() {
		OutputFile file = this.pipeline.errorTo();
		if (file == null) {
			return;
		}
		Path path = file.path();
		try {
			Files.write(path, new byte[0]);
		}
		catch (IOException ex) {
			throw new ProcessStartException(this.segments.get(0).get(0).toSpec(), Reason.FILE_NOT_ACCESSIBLE,
					"the error output file '" + path + "' of its pipeline cannot be written (" + ex + ")", ex);
		}
	}

}
