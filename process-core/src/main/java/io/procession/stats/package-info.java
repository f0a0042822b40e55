/**
 * Resource usage of processes: {@link io.procession.stats.ProcessStats} is a sample taken
 * by a {@link io.procession.stats.StatsReader}. This package depends on no other package
 * of the library and starts no processes.
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
