/**
 * Fake processes in Spring tests: use
 * {@link io.procession.test.spring.AutoConfigureFakeProcesses @AutoConfigureFakeProcesses}
 * with {@code @SpringBootTest} or a test slice. Requires {@code spring-test}.
 */
@NullMarked
package io.procession.test.spring;

import org.jspecify.annotations.NullMarked;
