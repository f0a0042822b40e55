/**
 * Controls which programs may be started, which environment they inherit, and what is
 * shown of their commands: {@link io.procession.security.CommandPolicy},
 * {@link io.procession.security.EnvironmentPolicy} and
 * {@link io.procession.security.Redactor}. A manager has one of each, which applies to
 * all processes that it starts.
 *
 * <pre>
 * ProcessManager.builder()
 *     .commandPolicy(CommandPolicy.builder().allow("git").allow("/opt/tools").build())
 *     .environmentPolicy(EnvironmentPolicy.allowlist())
 *     .build();
 * </pre>
 */
@NullMarked
package io.procession.security;

import org.jspecify.annotations.NullMarked;
