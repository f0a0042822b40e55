package io.procession.execution;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import io.procession.process.ProcessInput;
import io.procession.process.Signal;

/**
 * What a {@link ProcessRun} goes by: what was said, completed by the manager's defaults.
 *
 * @param id which run
 * @param pending what was said
 * @param attended whether a caller waits in {@code run()} and keeps the deadline
 * @param permits how many permits it holds
 * @param timeout bound on the whole run
 * @param idleTimeout bound on silence
 * @param stopSignal what asks it to end
 * @param stopGrace how long it has after a stop
 * @param timeoutGrace how long it has after a timeout
 * @param drain how long to wait for the end of output
 * @param outputLimit bytes it may write
 * @param output what becomes of standard output
 * @param error what becomes of standard error
 * @param liveInput whether standard input stays open for the user
 * @param inputBytes what is written to it first
 * @param masks what messages must not show
 */
record RunPlan(String id, PendingProcess pending, boolean attended, int permits, @Nullable Duration timeout,
		@Nullable Duration idleTimeout, Signal stopSignal, Duration stopGrace, Duration timeoutGrace, Duration drain,
		@Nullable Long outputLimit, OutputRecorder.StreamPlan output, OutputRecorder.StreamPlan error,
		boolean liveInput, ProcessInput.@Nullable Bytes inputBytes, Masks masks) {

}
