package io.procession.test;

import org.assertj.core.annotation.CheckReturnValue;
import org.jspecify.annotations.Nullable;

import io.procession.process.ProcessResult;

/**
 * Entry point for the assertions of this package. Import {@code assertThat} statically,
 * also together with that of AssertJ's {@code Assertions}: the compiler selects the
 * matching method.
 */
@CheckReturnValue
public final class ProcessAssertions {

	private ProcessAssertions() {
	}

	/**
	 * Create assertions for the result of a process.
	 * @param actual the result; if it is {@code null}, the first assertion fails
	 * @return the assertions
	 */
	public static ProcessResultAssert assertThat(@Nullable ProcessResult actual) {
		return new ProcessResultAssert(actual);
	}

	/**
	 * Create assertions for processes that were executed with fakes.
	 * @param actual the fakes; if they are {@code null}, the first assertion fails
	 * @return the assertions
	 */
	public static FakeProcessesAssert assertThat(@Nullable FakeProcesses actual) {
		return new FakeProcessesAssert(actual);
	}

}
