package io.procession.test;

import java.util.function.Consumer;

import org.junit.jupiter.api.Timeout;

import io.procession.engine.ProcessEngine;
import io.procession.process.Command;

@Timeout(60)
class FakeEngineContractTests extends ProcessEngineContract {

	private final FakeProcesses processes = FakeProcesses.create();

	@Override
	ProcessEngine engine() {
		return this.processes;
	}

	@Override
	void script(String script, Consumer<FakeProcess> life) {
		Command command = Command.shell(script);
		life.accept(this.processes.stub((spec) -> spec.command().equals(command)));
	}

}
