package io.procession.execution;

import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;

import io.procession.execution.output.OutputListener;
import io.procession.lang.CanIgnoreReturnValue;
import io.procession.lang.CheckReturnValue;
import io.procession.process.Command;
import io.procession.process.OutputFile;
import io.procession.process.ProcessSpec;
import io.procession.process.TimeLimit;

/**
 * A sequence of commands, each of which reads the output of the previous one through
 * native pipes: the data does not pass through the JVM, except at a {@link StreamStage}.
 *
 * <p>
 * Each method returns a new instance. Options of a single stage, such as its directory
 * and environment, are configured by its {@link PendingProcess}. The options here apply
 * to the pipeline as a whole: the input of the first stage, the output of the last stage,
 * and a single deadline, by default that of {@code run()}. <i>Immutable, and
 * thread-safe</i> as far as its listeners and streams are.
 */
@CheckReturnValue
public final class Pipeline {

	private final ProcessLauncher launcher;

	private final List<Stage> stages;

	private final @Nullable String name;

	private final @Nullable TimeLimit timeout;

	private final @Nullable Boolean pipefail;

	private final @Nullable OutputFile errorTo;

	private final List<PipelineLineListener> listeners;

	private final UnaryOperator<PendingProcess> first;

	private final UnaryOperator<PendingProcess> last;

	private Pipeline(ProcessLauncher launcher, List<Stage> stages, @Nullable String name, @Nullable TimeLimit timeout,
			@Nullable Boolean pipefail, @Nullable OutputFile errorTo, List<PipelineLineListener> listeners,
			UnaryOperator<PendingProcess> first, UnaryOperator<PendingProcess> last) {
		this.launcher = launcher;
		this.stages = stages;
		this.name = name;
		this.timeout = timeout;
		this.pipefail = pipefail;
		this.errorTo = errorTo;
		this.listeners = listeners;
		this.first = first;
		this.last = last;
	}

	/**
	 * Create a pipeline without stages. Applications call
	 * {@code ProcessManager.pipeline()} instead.
	 * @param launcher the launcher that starts the pipeline
	 * @return an empty pipeline
	 */
	public static Pipeline of(ProcessLauncher launcher) {
		return new Pipeline(launcher, List.of(), null, null, null, null, List.of(), UnaryOperator.identity(),
				UnaryOperator.identity());
	}

	private Pipeline withStage(Stage stage) {
		return new Pipeline(this.launcher, append(this.stages, stage), this.name, this.timeout, this.pipefail,
				this.errorTo, this.listeners, this.first, this.last);
	}

	private static <T> List<T> append(List<T> list, T element) {
		List<T> appended = new ArrayList<>(list);
		appended.add(element);
		return List.copyOf(appended);
	}

	/**
	 * Add a program.
	 * @param program the name, which is looked up in {@code PATH}, or the path of the
	 * executable
	 * @param arguments the arguments, each passed as is
	 * @return a new pipeline
	 * @throws IllegalArgumentException if the program is empty, or the program or an
	 * argument contains a NUL
	 */
	public Pipeline pipe(String program, String... arguments) {
		return pipe(this.launcher.pending(ProcessSpec.of(Command.of(program, arguments))));
	}

	/**
	 * Add a process with all its options: name, directory, environment, listeners for its
	 * standard error. Its own timeout applies, too, and stops only this process. Only the
	 * first stage can have input, only the last stage can redirect output to a file or
	 * have an idle timeout, and only the last stage or one followed by a Java stage can
	 * have an output limit. No stage can have a terminal.
	 * @param stage the process
	 * @return a new pipeline
	 */
	public Pipeline pipe(PendingProcess stage) {
		return withStage(new Stage.Program(Objects.requireNonNull(stage, "stage")));
	}

	/**
	 * Add a program, given as a list.
	 * @param command the program, then its arguments
	 * @return a new pipeline
	 * @throws IllegalArgumentException if the list or the program is empty, or an element
	 * contains a NUL
	 */
	public Pipeline pipe(List<String> command) {
		return pipe(this.launcher.pending(ProcessSpec.of(Command.of(command))));
	}

	/**
	 * Add several processes, each of which reads the output of the previous one.
	 * @param stages the processes, in order
	 * @return a new pipeline
	 */
	public Pipeline pipeThrough(List<PendingProcess> stages) {
		Pipeline pipeline = this;
		for (PendingProcess stage : stages) {
			pipeline = pipeline.pipe(stage);
		}
		return pipeline;
	}

	/**
	 * Add a Java stage, which must be preceded and followed by programs.
	 * @param stageName the name of the stage in failures
	 * @param stage converts input to output
	 * @return a new pipeline
	 */
	public Pipeline pipe(String stageName, StreamStage stage) {
		return withStage(
				new Stage.Java(Objects.requireNonNull(stageName, "stageName"), Objects.requireNonNull(stage, "stage")));
	}

	/**
	 * Set the name of the pipeline. The default is derived from the names of its stages.
	 * @param value the name
	 * @return a new pipeline
	 */
	public Pipeline name(String value) {
		return new Pipeline(this.launcher, this.stages, value, this.timeout, this.pipefail, this.errorTo,
				this.listeners, this.first, this.last);
	}

	/**
	 * Set the maximum duration of the whole pipeline. If a stage is still running when it
	 * has elapsed, all stages are stopped with their trees, including the remaining
	 * descendants of stages that have ended.
	 * @param value the timeout, positive
	 * @return a new pipeline
	 * @throws IllegalArgumentException if the timeout is zero or negative
	 */
	public Pipeline timeout(Duration value) {
		return withTimeout(TimeLimit.of(value));
	}

	/**
	 * Disable the timeout of the whole pipeline.
	 * @return a new pipeline
	 */
	public Pipeline noTimeout() {
		return withTimeout(TimeLimit.none());
	}

	private Pipeline withTimeout(TimeLimit value) {
		return new Pipeline(this.launcher, this.stages, this.name, value, this.pipefail, this.errorTo, this.listeners,
				this.first, this.last);
	}

	/**
	 * Set whether the failure of any stage makes the pipeline fail (the default, unless
	 * the manager's settings differ), or only that of the last stage.
	 * @param value whether all stages count
	 * @return a new pipeline
	 */
	public Pipeline pipefail(boolean value) {
		return new Pipeline(this.launcher, this.stages, this.name, this.timeout, value, this.errorTo, this.listeners,
				this.first, this.last);
	}

	/**
	 * Redirect the standard error of all stages to a single file, which is truncated
	 * first.
	 * @param file the file, whose directory must exist at the start
	 * @return a new pipeline
	 */
	public Pipeline errorOutputTo(Path file) {
		return new Pipeline(this.launcher, this.stages, this.name, this.timeout, this.pipefail,
				new OutputFile(file, true), this.listeners, this.first, this.last);
	}

	/**
	 * Add a listener for the lines of all stages.
	 * @param listener the listener, called on pump threads
	 * @return a new pipeline
	 */
	public Pipeline onLine(PipelineLineListener listener) {
		return new Pipeline(this.launcher, this.stages, this.name, this.timeout, this.pipefail, this.errorTo,
				append(this.listeners, listener), this.first, this.last);
	}

	private Pipeline onFirst(UnaryOperator<PendingProcess> change) {
		return new Pipeline(this.launcher, this.stages, this.name, this.timeout, this.pipefail, this.errorTo,
				this.listeners, (stage) -> change.apply(this.first.apply(stage)), this.last);
	}

	private Pipeline onLast(UnaryOperator<PendingProcess> change) {
		return new Pipeline(this.launcher, this.stages, this.name, this.timeout, this.pipefail, this.errorTo,
				this.listeners, this.first, (stage) -> change.apply(this.last.apply(stage)));
	}

	/**
	 * Set the text that is written to the standard input of the first stage, in UTF-8,
	 * followed by end-of-file.
	 * @param text the text
	 * @return a new pipeline
	 */
	public Pipeline input(String text) {
		return onFirst((stage) -> stage.input(text));
	}

	/**
	 * Redirect the standard input of the first stage from a file, which the stage reads
	 * directly.
	 * @param file a readable file, checked at the start
	 * @return a new pipeline
	 */
	public Pipeline input(Path file) {
		return onFirst((stage) -> stage.input(file));
	}

	/**
	 * Set the stream that is copied to the standard input of the first stage; see
	 * {@link PendingProcess#input(InputStream)}.
	 * @param stream the stream
	 * @return a new pipeline
	 */
	public Pipeline input(InputStream stream) {
		return onFirst((stage) -> stage.input(stream));
	}

	/**
	 * Add a listener for chunks of the last stage's output.
	 * @param listener the listener, called on a pump thread
	 * @return a new pipeline
	 */
	public Pipeline onOutput(OutputListener listener) {
		return onLast((stage) -> stage.onOutput(listener));
	}

	/**
	 * Redirect the standard output of the last stage to a file, which is truncated first.
	 * @param file the file, whose directory must exist at the start
	 * @return a new pipeline
	 */
	public Pipeline outputTo(Path file) {
		return onLast((stage) -> stage.outputTo(file));
	}

	/**
	 * Append the standard output of the last stage to a file.
	 * @param file the file, whose directory must exist at the start
	 * @return a new pipeline
	 */
	public Pipeline appendOutputTo(Path file) {
		return onLast((stage) -> stage.appendOutputTo(file));
	}

	/**
	 * Disable the capture of the last stage's output.
	 * @return a new pipeline
	 */
	public Pipeline quietly() {
		return onLast(PendingProcess::quietly);
	}

	/**
	 * Set the charset of the last stage's output.
	 * @param charset the charset
	 * @return a new pipeline
	 */
	public Pipeline charset(Charset charset) {
		return onLast((stage) -> stage.charset(charset));
	}

	/**
	 * Apply changes if a condition holds.
	 * @param condition whether to apply the changes
	 * @param customizer returns a changed instance
	 * @return the changed instance, or this
	 */
	public Pipeline when(boolean condition, UnaryOperator<Pipeline> customizer) {
		return condition ? customizer.apply(this) : this;
	}

	/**
	 * Apply changes unless a condition holds.
	 * @param condition whether to skip the changes
	 * @param customizer returns a changed instance
	 * @return the changed instance, or this
	 */
	public Pipeline unless(boolean condition, UnaryOperator<Pipeline> customizer) {
		return when(!condition, customizer);
	}

	/**
	 * Apply shared changes.
	 * @param customizer returns a changed instance
	 * @return the changed instance
	 */
	public Pipeline apply(UnaryOperator<Pipeline> customizer) {
		return customizer.apply(this);
	}

	/**
	 * Run the pipeline and wait for all stages to end. A non-zero exit code of a stage is
	 * reported by the result; no exception is thrown.
	 * @return the result
	 * @throws IllegalStateException if there are no stages, or a stage has an option that
	 * it cannot have at its position
	 * @throws io.procession.process.ProcessStartException if a stage cannot be started,
	 * with the name of that stage; the other stages were stopped
	 * @throws io.procession.process.ProcessTimedOutException if a timeout was exceeded;
	 * all stages were stopped
	 * @throws io.procession.process.ProcessRejectedException if the manager is closed, or
	 * the permits for all stages were not available within the acquire timeout
	 * @throws io.procession.process.ProcessInterruptedException if this thread was
	 * interrupted; all stages were stopped
	 * @throws StreamStageException if a Java stage failed; all stages were stopped
	 */
	@CanIgnoreReturnValue
	public PipelineResult run() {
		return this.launcher.run(this);
	}

	/**
	 * Start the pipeline and return. The input of the first stage stays open until
	 * {@code stdin().close()}, unless input is configured. Unless a timeout is set here,
	 * the default is that of {@code start()}.
	 * @return a handle to the running pipeline
	 * @throws IllegalStateException if there are no stages, or a stage has an option that
	 * it cannot have at its position
	 * @throws io.procession.process.ProcessStartException if a stage cannot be started,
	 * with the name of that stage; the other stages were stopped
	 * @throws io.procession.process.ProcessRejectedException if the manager is closed, or
	 * the permits for all stages are not available; this method does not wait for them
	 */
	@CanIgnoreReturnValue
	public RunningPipeline start() {
		return this.launcher.start(this);
	}

	/**
	 * Run the pipeline asynchronously, with the defaults of {@link #run()}.
	 * @return a future with the result, or with the exception that {@link #run()} would
	 * throw; completed on a thread of the manager. Completing it earlier, by
	 * {@code cancel}, {@code orTimeout} or the like, stops all stages with their trees
	 * and does not wait for the end of that stop. Canceling a dependent future stops
	 * nothing
	 */
	@CanIgnoreReturnValue
	public CompletableFuture<PipelineResult> runAsync() {
		return this.launcher.runAsync(this);
	}

	String displayName() {
		if (this.name != null) {
			return this.name;
		}
		return String.join(" | ", this.stages.stream().map(Stage::name).toList());
	}

	@Nullable TimeLimit timeout() {
		return this.timeout;
	}

	@Nullable Boolean pipefail() {
		return this.pipefail;
	}

	@Nullable OutputFile errorTo() {
		return this.errorTo;
	}

	/** Return the stages with the options of the pipeline applied to them. */
	List<Stage> stages() {
		List<Stage> prepared = new ArrayList<>(this.stages);
		checkPlaces();
		for (int i = 0; i < prepared.size(); i++) {
			if (prepared.get(i) instanceof Stage.Program program) {
				prepared.set(i, new Stage.Program(prepared(program.pending(), i)));
			}
		}
		return prepared;
	}

	private PendingProcess prepared(PendingProcess stage, int index) {
		PendingProcess prepared = stage;
		for (PipelineLineListener listener : this.listeners) {
			String stageName = stage.toSpec().displayName();
			prepared = prepared.onLine((type, line) -> listener.onLine(stageName, type, line));
		}
		if (this.errorTo != null && !stage.toSpec().output().mergeError()) {
			prepared = prepared.appendErrorOutputTo(this.errorTo.path());
		}
		prepared = (index == 0) ? this.first.apply(prepared) : prepared;
		return (index == this.stages.size() - 1) ? this.last.apply(prepared) : prepared;
	}

	private void checkPlaces() {
		if (this.stages.isEmpty()) {
			throw new IllegalStateException("The pipeline has no stages: add some with pipe(...)");
		}
		int end = this.stages.size() - 1;
		for (int i = 0; i <= end; i++) {
			Stage stage = this.stages.get(i);
			if (stage instanceof Stage.Java && (i == 0 || i == end || this.stages.get(i - 1) instanceof Stage.Java)) {
				throw new IllegalStateException("The stage '" + stage.name()
						+ "' is a Java stage, which must be between two programs (at the ends, use input(...) and"
						+ " onOutput(...))");
			}
			if (stage instanceof Stage.Program program) {
				boolean nativeOutput = i < end && this.stages.get(i + 1) instanceof Stage.Program;
				checkProgram(program.pending(), i == 0, i == end, nativeOutput);
			}
		}
	}

	private static void checkProgram(PendingProcess stage, boolean isFirst, boolean isLast, boolean nativeOutput) {
		ProcessSpec spec = stage.toSpec();
		if (spec.terminal() != null) {
			throw new IllegalStateException("A pipeline stage cannot have a terminal: '" + spec.displayName() + "'");
		}
		if (spec.detached()) {
			throw new IllegalStateException(
					"The stage '" + spec.displayName() + "' is detached, but a pipeline ends with its manager");
		}
		if (!isFirst && (spec.input() != null || stage.inputStream() != null)) {
			throw new IllegalStateException("The stage '" + spec.displayName()
					+ "' has its own input, but reads the output of the previous stage");
		}
		if (!isLast && (spec.output().outputTo() != null || spec.idleTimeout() != null)) {
			throw new IllegalStateException("The stage '" + spec.displayName()
					+ "' has outputTo(...) or idleTimeout(...), but its output goes to the next stage");
		}
		if (nativeOutput && spec.output().limit() != null) {
			throw new IllegalStateException("The stage '" + spec.displayName()
					+ "' has outputLimit(...), but its output goes to the next stage uncounted: limit the last stage");
		}
	}

	@Override
	public String toString() {
		return "Pipeline[" + displayName() + "]";
	}

	/** A stage of the pipeline. */
	sealed interface Stage {

		String name();

		/**
		 * A stage that is a program.
		 *
		 * @param pending the process
		 */
		record Program(PendingProcess pending) implements Stage {

			@Override
			public String name() {
				return this.pending.toSpec().displayName();
			}

		}

		/**
		 * A stage that is implemented in Java.
		 *
		 * @param name the name of the stage
		 * @param stage the implementation
		 */
		record Java(String name, StreamStage stage) implements Stage {

		}

	}

}
