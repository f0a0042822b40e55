package io.procession.benchmarks;

import java.util.List;
import java.util.concurrent.TimeUnit;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import io.procession.ProcessManager;
import io.procession.benchmarks.runner.Runner;

/**
 * One run of a short command, both streams kept, by each runner: the mean and the
 * percentiles. JMH measures one contender after the other, so read small differences from
 * {@link Comparison} instead.
 */
@State(Scope.Benchmark)
@BenchmarkMode({ Mode.AverageTime, Mode.SampleTime })
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(2)
public class RunBenchmark {

	private static final List<String> TRUE = List.of("/bin/true");

	private static final List<String> ECHO = List.of("/bin/echo", "hello");

	/** The contender. */
	@Param({ "ProcessBuilder", "procession", "zt-exec", "commons-exec", "NuProcess" })
	@SuppressWarnings("NullAway.Init")
	public String runner;

	@SuppressWarnings("NullAway.Init")
	private ProcessManager processes;

	@SuppressWarnings("NullAway.Init")
	private Runner chosen;

	@Setup
	public void setUp() {
		this.processes = ProcessManager.create();
		this.chosen = Runner.of(this.runner, this.processes);
	}

	@TearDown
	public void tearDown() {
		this.processes.close();
	}

	@Benchmark
	public String runTrue() throws Exception {
		return this.chosen.run(TRUE);
	}

	@Benchmark
	public String runEcho() throws Exception {
		return this.chosen.run(ECHO);
	}

}
