package io.procession.test;

import java.time.Duration;
import java.util.function.BiConsumer;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import io.procession.process.OutputType;

/**
 * A step in the behavior of a fake process.
 */
sealed interface Step {

	/**
	 * Write bytes.
	 *
	 * @param type the stream
	 * @param bytes the bytes
	 */
	record Write(OutputType type, byte[] bytes) implements Step {

	}

	/**
	 * Wait.
	 *
	 * @param duration time to wait
	 */
	record Pause(Duration duration) implements Step {

	}

	/**
	 * Read a line and reply with another one, or do so for all lines.
	 *
	 * @param answer creates the reply to a line
	 * @param all whether to continue until the input ends
	 */
	record ReadLine(Function<String, @Nullable String> answer, boolean all) implements Step {

	}

	/**
	 * Read the input to the end, then reply.
	 *
	 * @param answer creates the reply
	 */
	record ReadAll(Function<ProcessCall, String> answer) implements Step {

	}

	/**
	 * Let a function configure the next steps.
	 *
	 * @param decision configures them
	 */
	record Decide(BiConsumer<ProcessCall, FakeProcess> decision) implements Step {

	}

	/**
	 * Use memory.
	 *
	 * @param bytes initial size in bytes
	 * @param perSecond growth in bytes per second
	 */
	record UseMemory(long bytes, long perSecond) implements Step {

	}

}
