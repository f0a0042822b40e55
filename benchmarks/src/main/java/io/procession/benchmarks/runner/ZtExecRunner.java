package io.procession.benchmarks.runner;

import java.io.ByteArrayOutputStream;
import java.util.List;

import org.zeroturnaround.exec.ProcessExecutor;

/**
 * zt-exec, with standard error kept apart.
 */
final class ZtExecRunner implements Runner {

	@Override
	public String run(List<String> command) throws Exception {
		ByteArrayOutputStream error = new ByteArrayOutputStream();
		return new ProcessExecutor(command).readOutput(true)
			.redirectErrorStream(false)
			.redirectError(error)
			.exitValueNormal()
			.execute()
			.outputUTF8();
	}

}
