/**
 * What may be started and what is shown of it, from {@code procession.security.*}: beans
 * of type {@link io.procession.security.CommandPolicy},
 * {@link io.procession.security.EnvironmentPolicy} and
 * {@link io.procession.security.Redactor}, each of which backs off, and which the process
 * manager is made with.
 *
 * <pre>
 * procession.security.commands.allow: [git, /opt/tools]
 * procession.security.environment.inherit: allowlist
 * </pre>
 */
@NullMarked
package io.procession.spring.security;

import org.jspecify.annotations.NullMarked;
