/**
 * Security policies from {@code procession.security.*}: beans of type
 * {@link io.procession.security.CommandPolicy},
 * {@link io.procession.security.EnvironmentPolicy} and
 * {@link io.procession.security.Redactor}, which configure the process manager. Each of
 * them backs off if there is a bean of its type.
 *
 * <pre>
 * procession.security.commands.allow: [git, /opt/tools]
 * procession.security.environment.inherit: allowlist
 * </pre>
 */
@NullMarked
package io.procession.spring.security;

import org.jspecify.annotations.NullMarked;
