package io.procession.test.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.boot.autoconfigure.ImportAutoConfiguration;

/**
 * Lets a Spring test run over fakes: the process manager of its context, and all that is
 * built on it, starts no process. Beside {@code @SpringBootTest}, or beside a slice, to
 * which it adds the process manager and the supervisor.
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
 * The context has one {@code FakeProcesses} bean, which is reset after each test, so that
 * a second test at the same time over the same context is refused; and a
 * {@code TaskScheduler} by the fakes' clock, so that all {@code @Scheduled} methods run
 * when the test advances it. What starts with the context is stubbed by
 * {@link FakeProcessesCustomizer} beans. A process that was refused for want of a stub
 * fails the test, whatever its code made of the error.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@ImportAutoConfiguration
public @interface AutoConfigureFakeProcesses {

}
