/**
 * Fakes in Spring tests:
 * {@link io.procession.test.spring.AutoConfigureFakeProcesses @AutoConfigureFakeProcesses}
 * beside {@code @SpringBootTest} or a slice. Needs {@code spring-test}.
 */
@NullMarked
package io.procession.test.spring;

import org.jspecify.annotations.NullMarked;
