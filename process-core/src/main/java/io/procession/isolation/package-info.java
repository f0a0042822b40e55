/**
 * Who runs a program, how separate it is, and how much it may use: values and the tools
 * that apply them. A leaf: uses nothing else here and starts nothing.
 *
 * <p>
 * {@link io.procession.isolation.Isolation} is everything that can be said;
 * {@link io.procession.isolation.RunAs}, {@link io.procession.isolation.ResourceLimits},
 * {@link io.procession.isolation.TreeLimits} and {@link io.procession.isolation.Priority}
 * are its parts. {@link io.procession.isolation.IsolationSupport} knows what works on
 * this machine, and turns an isolation into a chain of tools that stands before the
 * program: each sets one thing and becomes the next by {@code execve(2)}.
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
