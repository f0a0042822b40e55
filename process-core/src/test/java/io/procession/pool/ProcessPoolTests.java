package io.procession.pool;

import java.time.Duration;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.procession.ProcessManager;
import io.procession.execution.PendingProcess;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

/**
 * Tests for the values that a pool rejects before any start.
 */
class ProcessPoolTests {

	private final ProcessManager processes = ProcessManager.builder().shutdownHook(false).build();

	private final PendingProcess one = this.processes.command("true");

	@AfterEach
	void close() {
		this.processes.close();
	}

	@Test
	void refusesPoolWithoutProcesses() {
		assertThatIllegalStateException().isThrownBy(() -> this.processes.pool().run())
			.withMessageContaining("no processes");
		assertThatIllegalStateException().isThrownBy(() -> this.processes.pool().start());
		assertThatIllegalStateException().isThrownBy(() -> this.processes.concurrently());
	}

	@Test
	void refusesDuplicateKeys() {
		ProcessPool pool = this.processes.pool().add("a", this.one).add(this.one);

		assertThatIllegalArgumentException().isThrownBy(() -> pool.add("a", this.one)).withMessageContaining("'a'");
		assertThatIllegalArgumentException().isThrownBy(() -> pool.add("1", this.one)).withMessageContaining("'1'");
	}

	@Test
	void refusesNull() {
		ProcessPool pool = this.processes.pool();

		assertThatNullPointerException().isThrownBy(() -> pool.add("a", null));
		assertThatNullPointerException().isThrownBy(() -> pool.add(null, this.one)).withMessage("key");
		assertThatNullPointerException().isThrownBy(() -> pool.timeout(null)).withMessageContaining("noTimeout()");
		assertThatNullPointerException().isThrownBy(() -> pool.onLine(null)).withMessage("listener");
		assertThatNullPointerException().isThrownBy(() -> pool.onOutput(null)).withMessage("listener");
		assertThatNullPointerException().isThrownBy(() -> pool.onProgress(null)).withMessage("listener");
	}

	@Test
	void refusesDetachedProcesses() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.processes.pool().add("a", this.one.detached()))
			.withMessageContaining("'a'")
			.withMessageContaining("detached");
	}

	@Test
	void refusesInvalidNumbers() {
		ProcessPool pool = this.processes.pool();

		assertThatIllegalArgumentException().isThrownBy(() -> pool.concurrency(0)).withMessageContaining("0");
		assertThatIllegalArgumentException().isThrownBy(() -> pool.concurrency(-1));
		assertThatIllegalArgumentException().isThrownBy(() -> pool.timeout(Duration.ZERO));
		assertThatIllegalArgumentException().isThrownBy(() -> pool.timeout(Duration.ofSeconds(-1)));
	}

}
