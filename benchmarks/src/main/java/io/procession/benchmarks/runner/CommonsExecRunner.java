package io.procession.benchmarks.runner;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

import org.apache.commons.exec.CommandLine;
import org.apache.commons.exec.DefaultExecutor;
import org.apache.commons.exec.PumpStreamHandler;

/**
 * Apache Commons Exec.
 */
final class CommonsExecRunner implements Runner {

	@Override
	public String run(List<String> command) throws Exception {
		CommandLine line = new CommandLine(command.get(0));
		command.subList(1, command.size()).forEach((argument) -> line.addArgument(argument, false));
		ByteArrayOutputStream output = new ByteArrayOutputStream();
		ByteArrayOutputStream error = new ByteArrayOutputStream();
		DefaultExecutor.builder().setExecuteStreamHandler(new PumpStreamHandler(output, error)).get().execute(line);
		return output.toString(StandardCharsets.UTF_8);
	}

}
