package io.procession.testing;

import java.io.OutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.procession.ProcessManager;
import io.procession.event.ProcessExited;
import io.procession.execution.PendingProcess;
import io.procession.execution.ProcessSettings;
import io.procession.execution.RunningProcess;
import io.procession.process.ProcessResult;

/**
 * An application with its own manager, to be run and ended as a child, in order to test
 * the fate of its processes.
 */
public final class TestApplication {

	/** Shell scripts by kind of child. */
	private static final Map<String, String> KINDS = Map.of("plain", Scripts.SLEEPS, "ignoring", Scripts.IGNORES_TERM,
			"daemon", Scripts.DAEMONIZES, "orphan", Scripts.LEAVES_DAEMON, "flood", Scripts.FLOODS, "title",
			Scripts.OVERWRITES_TITLE, "lines", Scripts.NAMES_LINE_ENDS, "clear", Scripts.CLEARS_ENVIRONMENT, "survivor",
			"sleep 30 & echo ready");

	private static final Pattern OPTION = Pattern.compile("=");

	private TestApplication() {
	}

	/**
	 * Start processes, print {@code started} when all have started, and end.
	 * <ul>
	 * <li>{@code KIND=COUNT}: number of {@code plain}, {@code ignoring}, {@code daemon},
	 * {@code orphan}, {@code flood}, {@code title}, {@code lines}, {@code clear},
	 * {@code survivor} or {@code jvm}, an application like this one, or {@code instance},
	 * another of the same application with two children, that does not end by itself
	 * <li>{@code guard=BOOLEAN}, {@code hook=BOOLEAN}, {@code application=NAME}: as the
	 * builder of the manager
	 * <li>{@code end=HOW}: {@code wait} (for its standard input to end), {@code exit},
	 * {@code return} from main, {@code never}, or {@code stop} everything and print the
	 * outcome
	 * <li>{@code events=true}: print {@code ended} and the cause for each process that
	 * ends
	 * </ul>
	 * @param arguments the options
	 * @throws Exception on failure
	 */
	public static void main(String[] arguments) throws Exception {
		Map<String, String> options = Arrays.stream(arguments)
			.map((argument) -> OPTION.split(argument, 2))
			.collect(Collectors.toMap((option) -> option[0], (option) -> option[1]));
		ProcessManager processes = manager(options);
		if (options.containsKey("events")) {
			processes.addListener((event) -> {
				if (event instanceof ProcessExited exited) {
					System.out.println("ended " + exited.cause());
				}
			});
		}
		int count = start(processes, options);
		System.out.println("started " + count);
		switch (options.getOrDefault("end", "wait")) {
			case "wait" -> {
				System.in.transferTo(OutputStream.nullOutputStream());
				System.exit(0);
			}
			case "exit" -> System.exit(0);
			case "return" -> {
			}
			case "never" -> new CountDownLatch(1).await();
			case "stop" -> {
				for (RunningProcess process : processes.running()) {
					process.stop(Duration.ofSeconds(2));
					ProcessResult result = process.waitFor();
					System.out.println("stopped " + result.cause() + " " + result.exitCode());
				}
				processes.close();
				System.out.println("closed");
			}
			default -> throw new IllegalArgumentException(options.toString());
		}
	}

	private static ProcessManager manager(Map<String, String> options) {
		ProcessManager.Builder builder = ProcessManager.builder()
			.settings(ProcessSettings.DEFAULTS.toBuilder().shutdownGrace(Duration.ofSeconds(1)).build())
			.guard(Boolean.parseBoolean(options.getOrDefault("guard", "true")))
			.shutdownHook(Boolean.parseBoolean(options.getOrDefault("hook", "true")));
		if (options.containsKey("application")) {
			builder.application(options.get("application"));
		}
		return builder.build();
	}

	private static int start(ProcessManager processes, Map<String, String> options) throws InterruptedException {
		int count = 0;
		for (String option : options.values()) {
			count += option.matches("\\d+") ? Integer.parseInt(option) : 0;
		}
		CountDownLatch ready = new CountDownLatch(count);
		KINDS.forEach((kind, script) -> start(options.get(kind), () -> processes.shell(script), "ready", ready));
		List<String> jvm = TestChild.javaCommand(TestApplication.class, "plain=1", "ignoring=1", "daemon=1");
		start(options.get("jvm"), () -> processes.command(jvm), "started 3", ready);
		List<String> instance = TestChild.javaCommand(TestApplication.class, "plain=2", "guard=false",
				"application=" + options.get("application"), "end=never");
		start(options.get("instance"), () -> processes.command(instance), "started 2", ready);
		if (!ready.await(60, TimeUnit.SECONDS)) {
			throw new IllegalStateException(ready.getCount() + " of " + count + " did not start");
		}
		return count;
	}

	private static void start(String count, Supplier<PendingProcess> pending, String line, CountDownLatch ready) {
		for (int i = 0; i < ((count != null) ? Integer.parseInt(count) : 0); i++) {
			pending.get().keepLast(1000).onLine((type, text) -> {
				if (text.equals(line)) {
					ready.countDown();
				}
			}).start();
		}
	}

}
