package io.procession.test;

import org.assertj.core.annotation.CheckReturnValue;
import org.jspecify.annotations.Nullable;

import io.procession.process.ProcessResult;

/**
 * The door to the assertions of this package, to be imported statically beside AssertJ's
 * own {@code Assertions}: the compiler picks the right {@code assertThat}.
 */
@CheckReturnValue
public final class ProcessAssertions {

	private ProcessAssertions() {
	}

	/**
	 * Starts assertions about how a process ended.
	 * @param actual the result; {@code null} fails with the first assertion
	 * @return assertions about it
	 */
	public static ProcessResultAssert assertThat(@Nullable ProcessResult actual) {
		return new ProcessResultAssert(actual);
	}

	/**
	 * Starts assertions about what was run over fakes.
	 * @param actual the fakes; {@code null} fails with the first assertion
	 * @return assertions about them
	 */
	public static FakeProcessesAssert assertThat(@Nullable FakeProcesses actual) {
		return new FakeProcessesAssert(actual);
	}

}
