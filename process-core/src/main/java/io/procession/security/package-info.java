/**
 * What may be started, with which environment, and what is shown of it:
 * {@link io.procession.security.CommandPolicy},
 * {@link io.procession.security.EnvironmentPolicy} and
 * {@link io.procession.security.Redactor}. A manager has one of each; they hold for
 * whatever it starts.
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
