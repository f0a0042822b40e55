package io.procession.engine.local;

import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.procession.engine.Launch;
import io.procession.process.OutputFile;
import io.procession.process.Terminal;

/**
 * {@link Spawner} that uses zt-exec if all streams are pipes, pty4j for a pseudoterminal,
 * and {@link ProcessBuilder} for everything else.
 */
final class JdkSpawner implements Spawner {

	@Override
	public SpawnedProcess spawn(ExecRequest request) throws IOException {
		return new JdkProcess(ProcessReaper.start(() -> start(request)));
	}

	private static Process start(ExecRequest request) throws IOException {
		if (request.terminal() != null) {
			return startOnTerminal(request, request.terminal());
		}
		// zt-exec cannot clear an environment
		return (request.isPiped() && request.environment().plan().inheritsAll()) ? new PipedExecutor(request).spawn()
				: builder(request, true, true).start();
	}

	private static Process startOnTerminal(ExecRequest request, Terminal.Pseudo size) throws IOException {
		Map<String, String> environment = builder(request, true, true).environment();
		environment.putIfAbsent("TERM", "xterm");
		return TerminalProcess.start(request.file(), request.arguments(), EnvironmentBlock.of(environment),
				request.directory(), size);
	}

	@Override
	public List<SpawnedProcess> spawnPipeline(List<ExecRequest> requests) throws IOException {
		List<ProcessBuilder> builders = new ArrayList<>();
		int last = requests.size() - 1;
		for (int i = 0; i <= last; i++) {
			builders.add(builder(requests.get(i), i == 0, i == last));
		}
		return ProcessReaper.start(() -> ProcessBuilder.startPipeline(builders))
			.stream()
			.<SpawnedProcess>map(JdkProcess::new)
			.toList();
	}

	private static ProcessBuilder builder(ExecRequest request, boolean first, boolean last) {
		ProcessBuilder builder = new ProcessBuilder(request.arguments());
		if (request.directory() != null) {
			builder.directory(request.directory().toFile());
		}
		Map<String, String> environment = builder.environment();
		if (!request.environment().plan().inheritsAll()) {
			environment.clear();
		}
		request.environment().apply(environment::put, environment::remove);
		if (first) {
			builder.redirectInput(input(request.input()));
		}
		if (last) {
			builder.redirectOutput(output(request.output()));
		}
		builder.redirectErrorStream(request.mergeError());
		if (!request.mergeError()) {
			builder.redirectError(output(request.error()));
		}
		return builder;
	}

	private static ProcessBuilder.Redirect input(Launch.Input input) {
		if (input instanceof Launch.Input.FromFile file) {
			return ProcessBuilder.Redirect.from(file.path().toFile());
		}
		if (input instanceof Launch.Input.Inherited) {
			return ProcessBuilder.Redirect.INHERIT;
		}
		return (input instanceof Launch.Input.Pipe) ? ProcessBuilder.Redirect.PIPE
				: ProcessBuilder.Redirect.from(new File(SystemProcesses.WINDOWS ? "NUL" : "/dev/null"));
	}

	private static ProcessBuilder.Redirect output(Launch.Output output) {
		if (output instanceof Launch.Output.ToFile target) {
			OutputFile file = target.file();
			return file.append() ? ProcessBuilder.Redirect.appendTo(file.path().toFile())
					: ProcessBuilder.Redirect.to(file.path().toFile());
		}
		return (output instanceof Launch.Output.Pipe) ? ProcessBuilder.Redirect.PIPE : ProcessBuilder.Redirect.DISCARD;
	}

}
