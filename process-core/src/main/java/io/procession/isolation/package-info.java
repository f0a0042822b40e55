/**
 * User, separation and resource limits of processes: values, and the tools that apply
 * them. This package depends on no other package of the library and starts no processes.
 *
 * <p>
 * {@link io.procession.isolation.Isolation} combines all settings.
 * {@link io.procession.isolation.RunAs}, {@link io.procession.isolation.ResourceLimits},
 * {@link io.procession.isolation.TreeLimits} and {@link io.procession.isolation.Priority}
 * are its parts. {@link io.procession.isolation.IsolationSupport} detects what this
 * machine supports, and turns an isolation into a chain of tools that precedes the
 * program. Each tool applies one setting and executes the next one by {@code execve(2)}.
 *
 * <pre>
 * processes.command("convert", "huge.png", "small.png")
 *     .runAs(RunAs.user("nobody"))
 *     .limits(ResourceLimits.none().withAddressSpace(2L &lt;&lt; 30).withCpuTime(Duration.ofMinutes(1)))
 *     .priority(Priority.ofNice(10).withIo(IoClass.IDLE))
 *     .run();
 *
 * IsolationSupport.detect().whyNot(IsolationFeature.TREE_MEMORY).ifPresent(log::info);
 * </pre>
 */
@NullMarked
package io.procession.isolation;

import org.jspecify.annotations.NullMarked;
