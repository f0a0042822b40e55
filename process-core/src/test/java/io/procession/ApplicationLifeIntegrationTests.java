package io.procession;

import java.io.File;
import java.lang.ref.WeakReference;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import java.util.function.LongSupplier;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnJre;
import org.junit.jupiter.api.condition.JRE;

import io.procession.event.ProcessEvent;
import io.procession.event.ProcessListener;
import io.procession.event.ProcessStarting;
import io.procession.execution.RunningPipeline;
import io.procession.execution.RunningProcess;
import io.procession.process.Command;
import io.procession.process.ProcessSpec;
import io.procession.supervision.ProcessSupervisor;
import io.procession.supervision.Program;
import io.procession.testing.DetachedStarter;
import io.procession.testing.ManagerInShutdown;
import io.procession.testing.RealProcesses;
import io.procession.testing.TestChild;

import static io.procession.testing.Bounds.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for a manager in the lifecycle of its application: class loader and shutdown.
 */
@RealProcesses
class ApplicationLifeIntegrationTests {

	@Test
	void runsListenersWithContextClassLoaderOfCreator() throws Exception {
		Thread current = Thread.currentThread();
		ClassLoader before = current.getContextClassLoader();
		Set<ClassLoader> seen = Collections.synchronizedSet(new HashSet<>());
		try (URLClassLoader application = new URLClassLoader(new URL[0], before)) {
			current.setContextClassLoader(application);
			try (ProcessManager processes = ProcessManager.create()) {
				current.setContextClassLoader(before);
				processes.addListener((event) -> seen.add(current()));
				processes.command("echo", "hi").onLine((type, line) -> seen.add(current())).run();
				processes.command("true").runAsync().thenRun(() -> seen.add(current())).join();
				processes.launcher().schedule(Duration.ZERO, () -> seen.add(current()));
				assertThat(current.getContextClassLoader()).isSameAs(before);
			}

			assertThat(seen).contains(application).isSubsetOf(application, before);
			seen.remove(before);
			assertThat(seen).containsExactly(application);
		}
		finally {
			current.setContextClassLoader(before);
		}
	}

	@Test
	void retainsNoContextClassLoaderInReaperThread() throws Exception {
		Thread current = Thread.currentThread();
		ClassLoader before = current.getContextClassLoader();
		try (URLClassLoader application = new URLClassLoader(new URL[0], before);
				ProcessManager processes = ProcessManager.create()) {
			current.setContextClassLoader(application);
			RunningProcess process = processes.command("sleep", "300").detached().start();

			assertThat(Thread.getAllStackTraces().keySet())
				.filteredOn((thread) -> thread.getName().startsWith("process reaper"))
				.isNotEmpty()
				.noneMatch((thread) -> thread.getContextClassLoader() == application);
			process.kill();
		}
		finally {
			current.setContextClassLoader(before);
		}
	}

	@Test
	void retainsNoContextClassLoaderInReaperThreadsOfPipelineAndTerminal() throws Exception {
		Thread current = Thread.currentThread();
		ClassLoader before = current.getContextClassLoader();
		try (URLClassLoader application = new URLClassLoader(new URL[0], before);
				ProcessManager processes = ProcessManager.create()) {
			current.setContextClassLoader(application);
			RunningPipeline pipeline = processes.pipeline().pipe("sleep", "300").pipe("cat").start();
			RunningProcess terminal = processes.command("sleep", "300").pty(80, 24).start();

			assertThat(current.getContextClassLoader()).isSameAs(application);
			assertThat(Thread.getAllStackTraces().keySet()).filteredOn((thread) -> thread.getName().contains("reaper"))
				.anyMatch((thread) -> thread.getName().equals("procession-pty-reaper"))
				.anyMatch((thread) -> thread.getName().startsWith("process reaper"))
				.noneMatch((thread) -> thread.getContextClassLoader() == application)
				.noneMatch((thread) -> thread.getName().equals("procession-pty-reaper")
						&& thread.getContextClassLoader() != null);
			pipeline.kill();
			terminal.kill();
		}
		finally {
			current.setContextClassLoader(before);
		}
	}

	@Test
	void supervisesWithContextClassLoaderOfCreator() throws Exception {
		Thread current = Thread.currentThread();
		ClassLoader before = current.getContextClassLoader();
		Set<ClassLoader> seen = Collections.synchronizedSet(new HashSet<>());
		try (URLClassLoader application = new URLClassLoader(new URL[0], before);
				ProcessManager processes = ProcessManager.create()) {
			processes.addListener(new ProcessListener() {

				@Override
				public void beforeStart(ProcessStarting event) {
					seen.add(current());
				}

				@Override
				public void onEvent(ProcessEvent event) {
					// is notified of the start only
				}

			});
			current.setContextClassLoader(application);
			try (ProcessSupervisor supervisor = ProcessSupervisor.create(processes.launcher())) {
				current.setContextClassLoader(before);
				supervisor.add(Program.builder("worker", ProcessSpec.of(Command.of("sleep", "300"))).build());
				supervisor.start("worker").thenRun(() -> seen.add(current())).join();
				assertThat(Thread.getAllStackTraces().keySet())
					.filteredOn((thread) -> thread.getName().startsWith("procession-supervisor"))
					.hasSizeGreaterThanOrEqualTo(2)
					.allMatch((thread) -> thread.getContextClassLoader() == application);
			}

			assertThat(seen).contains(application).isSubsetOf(application, before);
		}
		finally {
			current.setContextClassLoader(before);
		}
	}

	private static ClassLoader current() {
		return Thread.currentThread().getContextClassLoader();
	}

	@Test
	@EnabledOnJre(value = JRE.JAVA_17,
			disabledReason = "newer JDKs keep the class loaders of records that were compared")
	void retainsNoClassLoaderForDetachedProcess() throws Exception {
		Detached detached = startDetached();
		// the JDK caches the types of the last compared record
		assertThat(new Compared(Duration.ZERO)).isNotEqualTo(new Compared(SOON));

		try {
			await().atMost(SOON).until(() -> {
				System.gc();
				return detached.application().get() == null;
			});
			assertThat(ProcessHandle.of(detached.pid())).hasValueSatisfying(ProcessHandle::isAlive);
		}
		finally {
			ProcessHandle.of(detached.pid()).ifPresent(ProcessHandle::destroyForcibly);
		}
	}

	private static Detached startDetached() throws Exception {
		Thread current = Thread.currentThread();
		ClassLoader before = current.getContextClassLoader();
		try (URLClassLoader loader = new URLClassLoader(withoutLogback(), ClassLoader.getPlatformClassLoader())) {
			current.setContextClassLoader(loader);
			LongSupplier starter = (LongSupplier) loader.loadClass(DetachedStarter.class.getName())
				.getConstructor()
				.newInstance();
			return new Detached(new WeakReference<>(loader), starter.getAsLong());
		}
		finally {
			current.setContextClassLoader(before);
		}
	}

	// which has its own lifecycle
	private static URL[] withoutLogback() {
		return Arrays.stream(TestChild.classPath().split(File.pathSeparator))
			.filter((entry) -> !entry.contains("logback"))
			.map(ApplicationLifeIntegrationTests::url)
			.toArray(URL[]::new);
	}

	private static URL url(String entry) {
		try {
			return new File(entry).toURI().toURL();
		}
		catch (MalformedURLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void canBeCreatedDuringJvmShutdown(ProcessManager processes) {
		assertThat(processes.command(TestChild.javaCommand(ManagerInShutdown.class)).run().throwIfFailed().output())
			.isEqualTo("cleaned up\n");
	}

	private record Detached(WeakReference<ClassLoader> application, long pid) {

	}

	private record Compared(Duration value) {

	}

}
