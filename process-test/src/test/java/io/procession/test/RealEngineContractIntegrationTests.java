package io.procession.test;

import java.util.function.Consumer;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

import io.procession.engine.ProcessEngine;
import io.procession.engine.local.LocalProcessEngine;

@Timeout(60)
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the scripts are for a POSIX shell")
class RealEngineContractIntegrationTests extends ProcessEngineContract {

	@Override
	ProcessEngine engine() {
		return new LocalProcessEngine(true, null);
	}

	@Override
	void script(String script, Consumer<FakeProcess> life) {
	}

}
