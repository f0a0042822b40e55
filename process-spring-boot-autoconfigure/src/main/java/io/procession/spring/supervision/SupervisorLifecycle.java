package io.procession.spring.supervision;

import org.springframework.context.SmartLifecycle;

import io.procession.supervision.ProcessSupervisor;

/**
 * Starts the programs when the context is ready and stops them with it.
 *
 * <p>
 * The phase is just below those of the web server, which stops accepting requests and
 * lets active ones finish in phase 2147482623, and stops in phase 2147481599. Programs
 * are therefore started as late as that allows, and are available until the last request
 * has been completed. Beans such as a data source are destroyed later.
 */
final class SupervisorLifecycle implements SmartLifecycle {

	static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 4096;

	private final ProcessSupervisor supervisor;

	private volatile boolean running;

	SupervisorLifecycle(ProcessSupervisor supervisor) {
		this.supervisor = supervisor;
	}

	@Override
	public void start() {
		this.running = true;
		this.supervisor.start();
	}

	@Override
	public void stop() {
		this.supervisor.stop().join();
		this.running = false;
	}

	@Override
	public void stop(Runnable callback) {
		this.supervisor.stop().thenRun(() -> {
			this.running = false;
			callback.run();
		});
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

}
