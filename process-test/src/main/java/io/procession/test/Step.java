package io.procession.test;

import java.time.Duration;
import java.util.function.BiConsumer;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import io.procession.process.OutputType;

/**
 * What a fake process does next.
 */
sealed interface Step {

	/**
	 * Writes.
	 *
	 * @param type to which stream
	 * @param bytes what
	 */
	record Write(OutputType type, byte[] bytes) implements Step {

	}

	/**
	 * Does nothing for a while.
	 *
	 * @param duration for how long
	 */
	record Pause(Duration duration) implements Step {

	}

	/**
	 * Reads a line and answers with one, or reads all of them.
	 *
	 * @param answer what it answers
	 * @param all whether it goes on until its input ends
	 */
	record ReadLine(Function<String, @Nullable String> answer, boolean all) implements Step {

	}

	/**
	 * Reads all its input, then answers.
	 *
	 * @param answer what it writes then
	 */
	record ReadAll(Function<ProcessCall, String> answer) implements Step {

	}

	/**
	 * Goes on as somebody decides now.
	 *
	 * @param decision who
	 */
	record Decide(BiConsumer<ProcessCall, FakeProcess> decision) implements Step {

	}

	/**
	 * Uses memory.
	 *
	 * @param bytes how much
	 * @param perSecond how much more each second
	 */
	record UseMemory(long bytes, long perSecond) implements Step {

	}

}
