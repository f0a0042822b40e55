package io.procession.test;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

import org.assertj.core.annotation.CanIgnoreReturnValue;
import org.assertj.core.api.AbstractAssert;
import org.jspecify.annotations.Nullable;

import io.procession.process.Command;
import io.procession.process.ProcessSpec;

/**
 * Assertions about processes that were executed with fakes. A single text is a pattern
 * for the command line, as in {@link FakeProcesses#stub(String)}; several texts are the
 * exact arguments.
 *
 * <p>
 * The message of a failure lists the executed commands and the most similar one. <i>Not
 * thread-safe.</i>
 */
@CanIgnoreReturnValue
public final class FakeProcessesAssert extends AbstractAssert<FakeProcessesAssert, FakeProcesses> {

	FakeProcessesAssert(@Nullable FakeProcesses actual) {
		super(actual, FakeProcessesAssert.class);
	}

	/**
	 * Verify that a process was executed at least once.
	 * @param pattern a pattern for its command line
	 * @return this
	 * @throws AssertionError if it was not executed
	 */
	public FakeProcessesAssert ran(String pattern) {
		return ran(pattern, matching(pattern));
	}

	/**
	 * Verify that a process was executed at least once.
	 * @param program its program
	 * @param first its first argument
	 * @param others its other arguments
	 * @return this
	 * @throws AssertionError if it was not executed
	 */
	public FakeProcessesAssert ran(String program, String first, String... others) {
		return ran(line(program, first, others), exactly(program, first, others));
	}

	/**
	 * Verify that a process that matches a predicate was executed at least once.
	 * @param matches the predicate, for example for its spec, input, output, signals or
	 * exit code
	 * @return this
	 * @throws AssertionError if no such process was executed
	 */
	public FakeProcessesAssert ran(Predicate<ProcessCall> matches) {
		isNotNull();
		if (countCalls(matches) == 0) {
			throw failed("to have run one that matches the predicate\n", "");
		}
		return this;
	}

	private FakeProcessesAssert ran(String wanted, Predicate<Command> matches) {
		isNotNull();
		if (count(matches) == 0) {
			throw failed("to have run:\n" + wanted.indent(2), wanted);
		}
		return this;
	}

	/**
	 * Verify how often a process was executed.
	 * @param times the number of executions
	 * @param pattern a pattern for its command line
	 * @return this
	 * @throws AssertionError if it was executed more or less often
	 */
	public FakeProcessesAssert ranTimes(int times, String pattern) {
		return ranTimes(times, pattern, matching(pattern));
	}

	/**
	 * Verify how often a process was executed.
	 * @param times the number of executions
	 * @param program its program
	 * @param first its first argument
	 * @param others its other arguments
	 * @return this
	 * @throws AssertionError if it was executed more or less often
	 */
	public FakeProcessesAssert ranTimes(int times, String program, String first, String... others) {
		return ranTimes(times, line(program, first, others), exactly(program, first, others));
	}

	/**
	 * Verify how often processes that match a predicate were executed.
	 * @param times the number of executions
	 * @param matches the predicate, for example for the spec, input, output, signals or
	 * exit code
	 * @return this
	 * @throws AssertionError if they were executed more or less often
	 */
	public FakeProcessesAssert ranTimes(int times, Predicate<ProcessCall> matches) {
		isNotNull();
		long count = countCalls(matches);
		if (count != times) {
			throw failed("to have run " + times + " that match the predicate, but there were " + count + "\n", "");
		}
		return this;
	}

	private FakeProcessesAssert ranTimes(int times, String wanted, Predicate<Command> matches) {
		isNotNull();
		long count = count(matches);
		if (count != times) {
			throw failed("to have run " + times + " times, but was " + count + ":\n" + wanted.indent(2), wanted);
		}
		return this;
	}

	/**
	 * Verify that a process was not executed.
	 * @param pattern a pattern for its command line
	 * @return this
	 * @throws AssertionError if it was executed
	 */
	public FakeProcessesAssert didNotRun(String pattern) {
		return didNotRun(pattern, matching(pattern));
	}

	/**
	 * Verify that a process was not executed.
	 * @param program its program
	 * @param first its first argument
	 * @param others its other arguments
	 * @return this
	 * @throws AssertionError if it was executed
	 */
	public FakeProcessesAssert didNotRun(String program, String first, String... others) {
		return didNotRun(line(program, first, others), exactly(program, first, others));
	}

	/**
	 * Verify that no process that matches a predicate was executed.
	 * @param matches the predicate, for example for its spec, input, output, signals or
	 * exit code
	 * @return this
	 * @throws AssertionError if such a process was executed
	 */
	public FakeProcessesAssert didNotRun(Predicate<ProcessCall> matches) {
		isNotNull();
		if (countCalls(matches) > 0) {
			throw failed("not to have run one that matches the predicate\n", "");
		}
		return this;
	}

	private FakeProcessesAssert didNotRun(String wanted, Predicate<Command> matches) {
		isNotNull();
		if (count(matches) > 0) {
			throw failed("not to have run:\n" + wanted.indent(2), wanted);
		}
		return this;
	}

	/**
	 * Verify that exactly the given processes were executed in the given order.
	 * @param patterns a pattern for each command line
	 * @return this
	 * @throws AssertionError if other processes, more or fewer processes were executed,
	 * or in another order
	 */
	public FakeProcessesAssert ranInOrder(String... patterns) {
		isNotNull();
		List<ProcessCall> calls = this.actual.calls();
		for (int i = 0; i < Math.max(patterns.length, calls.size()); i++) {
			boolean there = i < patterns.length && i < calls.size()
					&& matching(patterns[i]).test(calls.get(i).command());
			if (!there) {
				throw failed("to have run exactly, in this order:\n" + String.join("\n", patterns).indent(2)
						+ "The first difference is at position " + (i + 1) + ".\n", "");
			}
		}
		return this;
	}

	/**
	 * Verify that no process was executed.
	 * @return this
	 * @throws AssertionError if a process was executed
	 */
	public FakeProcessesAssert ranNothing() {
		isNotNull();
		if (!this.actual.calls().isEmpty()) {
			throw failed("to have run nothing\n", "");
		}
		return this;
	}

	/**
	 * Verify that at least one of the executed processes satisfies the assertions.
	 * @param assertions assertions about the directory, environment, timeout and so on
	 * @return this
	 * @throws AssertionError if no process satisfies them; lists the failure of each one
	 */
	public FakeProcessesAssert ranSatisfying(Consumer<ProcessSpec> assertions) {
		isNotNull();
		List<String> failures = new ArrayList<>();
		for (ProcessCall call : this.actual.calls()) {
			try {
				assertions.accept(call.spec());
				return this;
			}
			catch (AssertionError ex) {
				failures.add(CommandPattern.shown(call.command()) + ":\n" + String.valueOf(ex.getMessage()).indent(2));
			}
		}
		throw failed("to have run something that satisfies the assertions, which failed:\n"
				+ String.join("", failures).indent(2), "");
	}

	/**
	 * Verify that each stub of the test was used, since an unused stub may have a mistake
	 * in its pattern.
	 * @return this
	 * @throws AssertionError if a stub was not used; names all of them
	 */
	public FakeProcessesAssert usedAllStubs() {
		isNotNull();
		List<String> unused = this.actual.unusedStubs();
		if (!unused.isEmpty()) {
			throw failed(
					"to have used all stubs, but these stubs were not used:\n" + String.join("\n", unused).indent(2),
					unused.get(0));
		}
		return this;
	}

	private static Predicate<Command> matching(String pattern) {
		return new CommandPattern(pattern)::matches;
	}

	private static Predicate<Command> exactly(String program, String first, String... others) {
		List<String> arguments = FakeProcesses.arguments(program, first, others);
		return (command) -> command.arguments().equals(arguments);
	}

	private static String line(String program, String first, String... others) {
		return Command.of(FakeProcesses.arguments(program, first, others)).toString();
	}

	private long count(Predicate<Command> matches) {
		return this.actual.calls().stream().map(ProcessCall::command).filter(matches).count();
	}

	private long countCalls(Predicate<ProcessCall> matches) {
		return this.actual.calls().stream().filter(matches).count();
	}

	private AssertionError failed(String expectation, String wanted) {
		StringBuilder message = new StringBuilder("\nExpecting processes ").append(expectation);
		List<String> ran = this.actual.calls().stream().map((call) -> CommandPattern.shown(call.command())).toList();
		if (ran.isEmpty()) {
			message.append("No process was run.\n");
		}
		else {
			message.append("Processes that were run:\n").append(String.join("\n", ran).indent(2));
		}
		if (ran.size() > 1 && !wanted.isEmpty()) {
			message.append("The closest match:\n").append(Nearest.first(ran, wanted).get(0).indent(2));
		}
		if (!this.actual.strays().isEmpty()) {
			message.append("Rejected because no stub matched:\n")
				.append(String.join("\n", this.actual.strays()).indent(2));
		}
		return failure("%s", message);
	}

}
