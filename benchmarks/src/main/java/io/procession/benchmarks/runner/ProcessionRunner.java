package io.procession.benchmarks.runner;

import java.util.List;

import io.procession.ProcessManager;

/**
 * This library.
 */
final class ProcessionRunner implements Runner {

	private final ProcessManager processes;

	ProcessionRunner(ProcessManager processes) {
		this.processes = processes;
	}

	@Override
	public String run(List<String> command) {
		return this.processes.command(command).run().throwIfFailed().output();
	}

}
