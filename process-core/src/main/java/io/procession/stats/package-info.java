/**
 * What a process uses: {@link io.procession.stats.ProcessStats}, one sample, and
 * {@link io.procession.stats.StatsReader}, who takes it. A leaf: uses nothing else here
 * and starts nothing.
 *
 * <pre>
 * StatsReader reader = StatsReader.system();
 * ProcessStats before = reader.read(pid).orElseThrow();
 * ...
 * reader.read(pid).ifPresent((now) -&gt; log.info("{} bytes, {} cores since",
 *         now.residentBytes().orElse(0), now.cpuShareSince(before)));
 * </pre>
 */
@NullMarked
package io.procession.stats;

import org.jspecify.annotations.NullMarked;
