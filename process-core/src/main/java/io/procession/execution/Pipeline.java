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

import io.procession.lang.CanIgnoreReturnValue;
import io.procession.lang.CheckReturnValue;
import io.procession.process.Command;
import io.procession.process.OutputFile;
import io.procession.process.ProcessSpec;
import io.procession.process.TimeLimit;

/**
 * Commands of which each reads what the one before it writes, through native pipes: their
 * data never passes through the JVM, except at a {@link StreamStage}.
 *
 * <p>
 * Every call returns a new one. What each stage is, its directory, its environment, is
 * said on its {@link PendingProcess}; what is said here is about the whole: the input of
 * the first stage, the output of the last, one deadline, by default that of
 * {@code run()}. <i>Immutable, thread-safe</i>, as far as its listeners and streams are.
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
	 * A pipeline without stages; users call {@code ProcessManager.pipeline()}.
	 * @param launcher what starts it
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
	 * Adds a program.
	 * @param program name, looked up in {@code PATH}, or path of the executable
	 * @param arguments each one argument whatever it holds
	 * @return a new pipeline
	 * @throws IllegalArgumentException if the program is empty or something holds a NUL
	 */
	public Pipeline pipe(String program, String... arguments) {
		return pipe(this.launcher.pending(ProcessSpec.of(Command.of(program, arguments))));
	}

	/**
	 * Adds a process with everything that was said of it: name, directory, environment,
	 * listeners for its standard error. Its own timeout holds too and stops it alone.
	 * Input can be that of the first stage only, output to a file and an idle timeout
	 * that of the last, an output limit that of the last or of one before a stage in
	 * Java. None has a terminal.
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
	 * @throws IllegalArgumentException if the list or the program is empty or something
	 * holds a NUL
	 */
	public Pipeline pipe(List<String> command) {
		return pipe(this.launcher.pending(ProcessSpec.of(Command.of(command))));
	}

	/**
	 * Add several processes, each of which reads what the one before it writes.
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
	 * Adds a stage in Java, with programs before and after it.
	 * @param stageName what it is called if it fails
	 * @param stage turns input into output
	 * @return a new pipeline
	 */
	public Pipeline pipe(String stageName, StreamStage stage) {
		return withStage(
				new Stage.Java(Objects.requireNonNull(stageName, "stageName"), Objects.requireNonNull(stage, "stage")));
	}

	/**
	 * What the pipeline is called; by default its stages' names.
	 * @param value the name
	 * @return a new pipeline
	 */
	public Pipeline name(String value) {
		return new Pipeline(this.launcher, this.stages, value, this.timeout, this.pipefail, this.errorTo,
				this.listeners, this.first, this.last);
	}

	/**
	 * Bound on the whole pipeline. If one of its stages still runs then, all are stopped
	 * with their trees, what the ended ones left behind included.
	 * @param value positive
	 * @return a new pipeline
	 * @throws IllegalArgumentException if it is zero or negative
	 */
	public Pipeline timeout(Duration value) {
		return withTimeout(TimeLimit.of(value));
	}

	/**
	 * No bound on the whole pipeline.
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
	 * Whether the failure of any stage fails the pipeline (the default, unless the
	 * manager's settings say otherwise), or that of the last alone.
	 * @param value whether any stage counts
	 * @return a new pipeline
	 */
	public Pipeline pipefail(boolean value) {
		return new Pipeline(this.launcher, this.stages, this.name, this.timeout, value, this.errorTo, this.listeners,
				this.first, this.last);
	}

	/**
	 * Writes the standard error of all stages to one file, emptied first.
	 * @param file the file; its folder must exist at the start
	 * @return a new pipeline
	 */
	public Pipeline errorOutputTo(Path file) {
		return new Pipeline(this.launcher, this.stages, this.name, this.timeout, this.pipefail,
				new OutputFile(file, true), this.listeners, this.first, this.last);
	}

	/**
	 * Adds a listener to the lines of all stages.
	 * @param listener is told, on pumps
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
	 * Text for the first stage, in UTF-8, then end-of-file.
	 * @param text the text
	 * @return a new pipeline
	 */
	public Pipeline input(String text) {
		return onFirst((stage) -> stage.input(text));
	}

	/**
	 * A file for the first stage, which reads it itself.
	 * @param file a readable file, checked at the start
	 * @return a new pipeline
	 */
	public Pipeline input(Path file) {
		return onFirst((stage) -> stage.input(file));
	}

	/**
	 * A stream for the first stage; see {@link PendingProcess#input(InputStream)}.
	 * @param stream the stream
	 * @return a new pipeline
	 */
	public Pipeline input(InputStream stream) {
		return onFirst((stage) -> stage.input(stream));
	}

	/**
	 * Adds a listener to the chunks of the last stage's output.
	 * @param listener is told, on a pump
	 * @return a new pipeline
	 */
	public Pipeline onOutput(OutputListener listener) {
		return onLast((stage) -> stage.onOutput(listener));
	}

	/**
	 * Writes the last stage's standard output to a file, emptied first.
	 * @param file the file; its folder must exist at the start
	 * @return a new pipeline
	 */
	public Pipeline outputTo(Path file) {
		return onLast((stage) -> stage.outputTo(file));
	}

	/**
	 * Appends the last stage's standard output to a file.
	 * @param file the file; its folder must exist at the start
	 * @return a new pipeline
	 */
	public Pipeline appendOutputTo(Path file) {
		return onLast((stage) -> stage.appendOutputTo(file));
	}

	/**
	 * Keeps no output of the last stage.
	 * @return a new pipeline
	 */
	public Pipeline quietly() {
		return onLast(PendingProcess::quietly);
	}

	/**
	 * How the last stage's bytes become text.
	 * @param charset the charset
	 * @return a new pipeline
	 */
	public Pipeline charset(Charset charset) {
		return onLast((stage) -> stage.charset(charset));
	}

	/**
	 * Change it only under a condition.
	 * @param condition whether to change it
	 * @param customizer makes a changed one
	 * @return the changed one, or this
	 */
	public Pipeline when(boolean condition, UnaryOperator<Pipeline> customizer) {
		return condition ? customizer.apply(this) : this;
	}

	/**
	 * Change it unless a condition holds.
	 * @param condition whether to leave it as it is
	 * @param customizer makes a changed one
	 * @return the changed one, or this
	 */
	public Pipeline unless(boolean condition, UnaryOperator<Pipeline> customizer) {
		return when(!condition, customizer);
	}

	/**
	 * Apply changes that are kept in one place.
	 * @param customizer makes a changed one
	 * @return the changed one
	 */
	public Pipeline apply(UnaryOperator<Pipeline> customizer) {
		return customizer.apply(this);
	}

	/**
	 * Runs it and waits for the end of all stages. A stage's non-zero exit code is in the
	 * result and throws nothing.
	 * @return its result
	 * @throws IllegalStateException if there are no stages, or one says what it cannot
	 * @throws io.procession.process.ProcessStartException naming the stage that cannot be
	 * started; the others were stopped
	 * @throws io.procession.process.ProcessTimedOutException if its time was over; every
	 * stage was stopped
	 * @throws io.procession.process.ProcessRejectedException if the manager is closed, or
	 * had not enough room for all stages within the acquire timeout
	 * @throws io.procession.process.ProcessInterruptedException if this thread was
	 * interrupted; every stage was stopped
	 * @throws StreamStageException if a stage in Java failed; every stage was stopped
	 */
	@CanIgnoreReturnValue
	public PipelineResult run() {
		return this.launcher.run(this);
	}

	/**
	 * Starts it and returns. The input of the first stage stays open until
	 * {@code stdin().close()}, unless input was given. Without a timeout said here it has
	 * none.
	 * @return a handle to the live pipeline
	 * @throws IllegalStateException if there are no stages, or one says what it cannot
	 * @throws io.procession.process.ProcessStartException naming the stage that cannot be
	 * started; the others were stopped
	 * @throws io.procession.process.ProcessRejectedException if the manager has no room
	 * for all stages, or is closed; it does not wait
	 */
	@CanIgnoreReturnValue
	public RunningPipeline start() {
		return this.launcher.start(this);
	}

	/**
	 * Runs it while nobody waits, with the defaults of {@link #run()}.
	 * @return its result, or the exception that {@link #run()} would throw; completed on
	 * a thread of the manager. Whoever completes it before, by {@code cancel},
	 * {@code orTimeout} or the like, stops every stage with its tree and does not wait
	 * for that. Canceling a future that depends on this one stops nothing
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

	/** The stages with everything that was said of the whole put where it belongs. */
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
			throw new IllegalStateException("The pipeline has no stages: add some by pipe(...)");
		}
		int end = this.stages.size() - 1;
		for (int i = 0; i <= end; i++) {
			Stage stage = this.stages.get(i);
			if (stage instanceof Stage.Java && (i == 0 || i == end || this.stages.get(i - 1) instanceof Stage.Java)) {
				throw new IllegalStateException("The stage '" + stage.name()
						+ "' is Java: it needs a program before and after it (use input(...) and onOutput(...) at the ends)");
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
			throw new IllegalStateException("A stage of a pipeline has no terminal: '" + spec.displayName() + "'");
		}
		if (spec.detached()) {
			throw new IllegalStateException(
					"The stage '" + spec.displayName() + "' is detached: a pipeline ends with its manager");
		}
		if (!isFirst && (spec.input() != null || stage.inputStream() != null)) {
			throw new IllegalStateException("The stage '" + spec.displayName()
					+ "' has input of its own, but reads what the stage before it writes");
		}
		if (!isLast && (spec.output().outputTo() != null || spec.idleTimeout() != null)) {
			throw new IllegalStateException("The stage '" + spec.displayName()
					+ "' has outputTo(...) or idleTimeout(...), but its output goes to the stage after it");
		}
		if (nativeOutput && spec.output().limit() != null) {
			throw new IllegalStateException("The stage '" + spec.displayName()
					+ "' has outputLimit(...), but nobody counts what goes to the stage after it: limit the last stage");
		}
	}

	@Override
	public String toString() {
		return "Pipeline[" + displayName() + "]";
	}

	/**
	 * A stage.
	 */
	sealed interface Stage {

		String name();

		/**
		 * A program.
		 *
		 * @param pending what is run
		 */
		record Program(PendingProcess pending) implements Stage {

			@Override
			public String name() {
				return this.pending.toSpec().displayName();
			}

		}

		/**
		 * Java.
		 *
		 * @param name what it is called
		 * @param stage what is run
		 */
		record Java(String name, StreamStage stage) implements Stage {

		}

	}

}
