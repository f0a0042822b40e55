package io.procession.test.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.boot.autoconfigure.ImportAutoConfiguration;

/**
 * Annotation for Spring tests that replaces processes with fakes, so that the process
 * manager of the context starts no process. Use it with {@code @SpringBootTest}, or with
 * a test slice, to which it adds the process manager and the supervisor.
 *
 * <pre>
 * &#64;SpringBootTest
 * &#64;AutoConfigureFakeProcesses
 * class DeploymentTests {
 *
 *     &#64;Autowired
 *     FakeProcesses processes;
 *
 * }
 * </pre>
 *
 * The context has one {@code FakeProcesses} bean, which is reset after each test.
 * Therefore, concurrent tests with the same context are rejected. The context also has a
 * {@code TaskScheduler} that uses the clock of the fakes, so that all {@code @Scheduled}
 * methods are executed when the test advances the clock. Use
 * {@link FakeProcessesCustomizer} beans to add stubs for processes that are started with
 * the context. If a process was rejected because there was no stub, the test fails, even
 * if the code under test has ignored the error.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@ImportAutoConfiguration
public @interface AutoConfigureFakeProcesses {

}
