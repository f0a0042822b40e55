package io.procession.engine.local;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ProcStat}.
 */
@EnabledOnOs(OS.LINUX)
class ProcStatTests {

	@Test
	void readsThisProcess() {
		long pid = ProcessHandle.current().pid();

		ProcStat self = ProcStat.read(pid);

		assertThat(self).isNotNull();
		assertThat(self.pid()).isEqualTo(pid);
		assertThat(self.parent()).isEqualTo(ProcessHandle.current().parent().orElseThrow().pid());
		assertThat(self.threads()).isGreaterThan(1);
		assertThat(self.startTicks()).isPositive().isLessThanOrEqualTo(ProcStat.ticksNow());
		assertThat(self.isAlive()).isTrue();
		assertThat(self.forked()).isFalse();
	}

	@Test
	void isEmptyForMissingProcess() {
		assertThat(ProcStat.read(Integer.MAX_VALUE)).isNull();
	}

	@Test
	void treatsZombieAsDeadUnlessItHasThreads() {
		assertThat(new ProcStat(1, 'Z', 0, 0, 0, 1, 0, false).isAlive()).isFalse();
		assertThat(new ProcStat(1, 'Z', 0, 0, 0, 2, 0, false).isAlive()).isTrue();
		assertThat(new ProcStat(1, 'X', 0, 0, 0, 1, 0, false).isAlive()).isFalse();
		assertThat(new ProcStat(1, 'S', 0, 0, 0, 1, 0, false).isAlive()).isTrue();
	}

}
