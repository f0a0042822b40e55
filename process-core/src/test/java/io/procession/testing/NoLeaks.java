package io.procession.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

import io.procession.ProcessManager;
import io.procession.execution.ProcessSettings;

import static org.awaitility.Awaitility.await;

/**
 * Provides a manager to each test that declares one, closes it, and fails the test if it
 * leaves a process, a thread of a manager or a file descriptor behind. Leaks are reported
 * and processes are ended, so that the next test starts clean.
 */
public final class NoLeaks implements BeforeEachCallback, AfterEachCallback, ParameterResolver {

	private static final Namespace NAMESPACE = Namespace.create(NoLeaks.class);

	private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

	// tests do not have the ten seconds that applications may take
	private static final Duration SHUTDOWN_GRACE = Duration.ofSeconds(1);

	private static final Duration CLOSE_BOUND = Duration.ofSeconds(40);

	private static final Duration SETTLE_BOUND = Duration.ofSeconds(10);

	@Override
	public void beforeEach(ExtensionContext context) {
		context.getStore(NAMESPACE).put(Snapshot.class, Snapshot.take());
	}

	@Override
	public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
		return parameter.getParameter().getType() == ProcessManager.class;
	}

	@Override
	public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
		ProcessSettings settings = ProcessSettings.DEFAULTS.toBuilder().shutdownGrace(SHUTDOWN_GRACE).build();
		Holder holder = new Holder(ProcessManager.builder().settings(settings).build());
		context.getStore(NAMESPACE).put(Holder.class, holder);
		return holder.manager();
	}

	@Override
	public void afterEach(ExtensionContext context) throws InterruptedException {
		Holder holder = context.getStore(NAMESPACE).remove(Holder.class, Holder.class);
		if (holder != null) {
			close(holder.manager());
		}
		Snapshot before = context.getStore(NAMESPACE).remove(Snapshot.class, Snapshot.class);
		try {
			await().atMost(SETTLE_BOUND)
				.pollDelay(Duration.ZERO)
				.pollInterval(Duration.ofMillis(20))
				.until(() -> Snapshot.take().since(before).isEmpty());
		}
		catch (ConditionTimeoutException ex) {
			Snapshot after = Snapshot.take();
			AssertionError error = new AssertionError(
					"The test left behind:\n" + String.join("\n", after.since(before)));
			after.processesSince(before)
				.forEach((entry) -> ProcessHandle.of(entry.pid()).ifPresent(ProcessHandle::destroyForcibly));
			throw error;
		}
	}

	private static void close(ProcessManager manager) throws InterruptedException {
		Thread closer = new Thread(manager::close, "test-closer");
		closer.setDaemon(true);
		closer.start();
		closer.join(CLOSE_BOUND.toMillis());
		if (closer.isAlive()) {
			StringBuilder dump = new StringBuilder("The manager did not close within " + CLOSE_BOUND + ":");
			Thread.getAllStackTraces().forEach((thread, stack) -> {
				dump.append("\n\n").append(thread);
				for (StackTraceElement frame : stack) {
					dump.append("\n\tat ").append(frame);
				}
			});
			throw new AssertionError(dump.toString());
		}
	}

	private record Holder(ProcessManager manager) {

	}

	private record Snapshot(Set<ProcessTable.Entry> processes, Set<Thread> threads, Map<String, String> descriptors) {

		static Snapshot take() {
			return new Snapshot(ownProcesses(), managerThreads(), openDescriptors());
		}

		private static Set<ProcessTable.Entry> ownProcesses() {
			long self = ProcessHandle.current().pid();
			String plant = Plant.NAME + "=" + Plant.prefix();
			String marker = "PROCESSION_\\w+=(.*\\D)?" + self + "(\\D.*)?";
			Set<ProcessTable.Entry> own = new HashSet<>(ProcessTable.descendants(self));
			own.addAll(
					ProcessTable.withEnvironment((variable) -> variable.startsWith(plant) || variable.matches(marker)));
			return own;
		}

		private static Set<Thread> managerThreads() {
			Set<Thread> threads = new HashSet<>(Thread.getAllStackTraces().keySet());
			threads.removeIf((thread) -> !thread.getName().startsWith("procession-"));
			return threads;
		}

		private static Map<String, String> openDescriptors() {
			Map<String, String> open = new HashMap<>();
			try (Stream<Path> descriptors = Files.list(DESCRIPTORS)) {
				for (Path descriptor : descriptors.toList()) {
					String target = target(descriptor);
					if (target.startsWith("pipe:") || isOfATest(target)) {
						open.put(descriptor.getFileName().toString(), target);
					}
				}
			}
			catch (IOException ex) {
				throw new IllegalStateException(ex);
			}
			return open;
		}

		// the JVM opens other files at any time: jars, devices, cgroups
		private static boolean isOfATest(String target) {
			return target.startsWith(System.getProperty("java.io.tmpdir")) && !target.contains("jar");
		}

		private static String target(Path descriptor) {
			try {
				return Files.readSymbolicLink(descriptor).toString();
			}
			catch (IOException ex) {
				return "closed";
			}
		}

		List<ProcessTable.Entry> processesSince(Snapshot before) {
			return this.processes.stream()
				.filter((entry) -> before.processes.stream()
					.noneMatch((old) -> old.pid() == entry.pid() && old.startTicks() == entry.startTicks()))
				.toList();
		}

		List<String> since(Snapshot before) {
			List<String> left = new ArrayList<>();
			processesSince(before).forEach((entry) -> left.add(entry.toString()));
			for (Thread thread : this.threads) {
				if (!before.threads.contains(thread)) {
					left.add("thread " + thread + " " + List.of(thread.getStackTrace()));
				}
			}
			this.descriptors.forEach((number, target) -> {
				if (!target.equals(before.descriptors.get(number))) {
					left.add("file descriptor " + number + " -> " + target);
				}
			});
			return left;
		}

	}

}
