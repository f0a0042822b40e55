package io.procession.testing;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.procession.ProcessManager;
import io.procession.engine.EngineProcess;
import io.procession.engine.Launch;
import io.procession.engine.ProcessEngine;
import io.procession.engine.local.LocalProcessEngine;
import io.procession.execution.ProcessSettings;

/**
 * An application with a start that hangs while its manager closes, and continues
 * afterwards; to be run as a child.
 */
public final class StartInFlight {

	private StartInFlight() {
	}

	/**
	 * Start a process that is not registered, print its PID, and end without cleanup.
	 * @param arguments none
	 * @throws Exception on failure
	 */
	public static void main(String[] arguments) throws Exception {
		CountDownLatch entered = new CountDownLatch(1);
		CountDownLatch closed = new CountDownLatch(1);
		CompletableFuture<Long> pid = new CompletableFuture<>();
		ProcessEngine real = new LocalProcessEngine(true, null);
		ProcessEngine engine = new FailingEngine(real, (launch) -> {
		}) {

			@Override
			public EngineProcess start(Launch launch) {
				if (launch.arguments().get(0).equals("true")) {
					return real.start(launch);
				}
				entered.countDown();
				try {
					closed.await();
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
				}
				EngineProcess process = real.start(launch);
				pid.complete(process.pid());
				return process;
			}

		};
		ProcessManager processes = ProcessManager.builder()
			.settings(ProcessSettings.DEFAULTS.toBuilder().lostAfter(Duration.ofMillis(200)).build())
			.engine(engine)
			.shutdownHook(false)
			.build();
		processes.run("true");
		processes.command("sh", "-c", "trap '' TERM; sleep 300").runAsync();
		entered.await();

		processes.close();
		closed.countDown();

		System.out.println("started " + pid.get(20, TimeUnit.SECONDS));
		Runtime.getRuntime().halt(0);
	}

}
