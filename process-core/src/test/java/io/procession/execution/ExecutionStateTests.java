package io.procession.execution;

import java.util.EnumSet;
import java.util.Set;

import org.junit.jupiter.api.Test;

import static io.procession.execution.ExecutionState.DRAINING;
import static io.procession.execution.ExecutionState.FINISHED;
import static io.procession.execution.ExecutionState.RUNNING;
import static io.procession.execution.ExecutionState.STOPPING;
import static org.assertj.core.api.Assertions.assertThat;

class ExecutionStateTests {

	@Test
	void runsUntilExitOrStop() {
		assertThat(following(RUNNING)).containsExactlyInAnyOrder(STOPPING, DRAINING);
	}

	@Test
	void stopsUntilTreeIsGoneUnlessStopCouldNotBegin() {
		assertThat(following(STOPPING)).containsExactlyInAnyOrder(DRAINING, RUNNING);
	}

	@Test
	void finishesOnlyAfterDraining() {
		assertThat(following(DRAINING)).containsExactly(FINISHED);
	}

	@Test
	void drainsAgainIfOutcomeCouldNotBeDetermined() {
		assertThat(following(FINISHED)).containsExactly(DRAINING);
	}

	private static Set<ExecutionState> following(ExecutionState state) {
		Set<ExecutionState> following = EnumSet.noneOf(ExecutionState.class);
		for (ExecutionState next : ExecutionState.values()) {
			if (state.canBecome(next)) {
				following.add(next);
			}
		}
		return following;
	}

}
