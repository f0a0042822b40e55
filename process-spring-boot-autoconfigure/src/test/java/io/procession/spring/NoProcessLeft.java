package io.procession.spring;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Fails a test that leaves a process or a thread of a manager behind.
 */
public final class NoProcessLeft implements BeforeEachCallback, AfterEachCallback {

	private static final Namespace NAMESPACE = Namespace.create(NoProcessLeft.class);

	private static final Duration BOUND = Duration.ofSeconds(10);

	@Override
	public void beforeEach(ExtensionContext context) {
		context.getStore(NAMESPACE).put(Left.class, Left.now());
	}

	@Override
	public void afterEach(ExtensionContext context) {
		Left before = context.getStore(NAMESPACE).remove(Left.class, Left.class);
		await().atMost(BOUND)
			.pollDelay(Duration.ZERO)
			.untilAsserted(() -> assertThat(Left.now().since(before)).isEmpty());
	}

	/**
	 * Return the living descendants of this JVM.
	 * @return a snapshot without zombies
	 */
	public static Set<ProcessHandle> children() {
		return ProcessHandle.current()
			.descendants()
			// a zombie no longer has a command line
			.filter((child) -> child.isAlive() && child.info().command().isPresent())
			.collect(Collectors.toSet());
	}

	private record Left(Set<ProcessHandle> processes, Set<Thread> threads) {

		static Left now() {
			Set<Thread> threads = new HashSet<>(Thread.getAllStackTraces().keySet());
			threads.removeIf((thread) -> !thread.getName().startsWith("procession-"));
			return new Left(children(), threads);
		}

		List<String> since(Left before) {
			Set<Object> left = new HashSet<>(this.processes);
			left.addAll(this.threads);
			left.removeAll(before.processes);
			left.removeAll(before.threads);
			return left.stream().map(Left::describe).toList();
		}

		private static String describe(Object object) {
			return (object instanceof ProcessHandle process) ? process.pid() + " " + process.info() : object.toString();
		}

	}

}
