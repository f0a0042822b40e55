package io.procession.spring.supervision;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.procession.isolation.RunAs;
import io.procession.process.Command;
import io.procession.process.ProcessSpec;
import io.procession.spring.IsolationProperties;
import io.procession.spring.SettingException;
import io.procession.spring.supervision.SupervisionProperties.ProgramProperties;
import io.procession.supervision.Program;
import io.procession.supervision.RestartPolicy;

/**
 * Creates a {@link Program} from the configuration. A program that can never run is
 * rejected with the name of the invalid property.
 */
final class ProgramFactory {

	private static final String PREFIX = "procession.programs";

	private ProgramFactory() {
	}

	static Program create(String name, ProgramProperties properties) {
		String prefix = (name.indexOf('.') < 0) ? PREFIX + "." + name : PREFIX + "[" + name + "]";
		ProcessSpec.Builder spec = ProcessSpec.builder(command(prefix + ".command", properties.command()));
		// not bound as a Path, since Spring would first look for it on the class path
		set(prefix + ".directory", properties.directory(), (directory) -> spec.directory(Path.of(directory)));
		set(prefix + ".environment", properties.environment(), spec::env);
		// build() is called here so that it rejects an invalid value
		set(prefix + ".stop-signal", properties.stopSignal(), (signal) -> spec.stopSignal(signal).build());
		set(prefix + ".stop-grace", properties.stopGrace(), (grace) -> spec.stopGrace(grace).build());
		isolate(prefix, properties, spec);
		RestartPolicy restart = at(prefix + ".restart.delay",
				() -> new RestartPolicy(properties.restart().policy(), properties.restart().delay()));
		return at(prefix,
				() -> Program.builder(name, spec.build())
					.autostart(properties.autostart())
					.restart(restart)
					.leaveBehind(properties.leaveBehind())
					.build());
	}

	private static void isolate(String prefix, ProgramProperties properties, ProcessSpec.Builder spec) {
		RunAs runAs = at(prefix + ".run-as", () -> Optional.ofNullable(properties.runAs().toRunAs())).orElse(null);
		set(prefix + ".run-as", runAs, spec::runAs);
		set(prefix + ".limits", properties.limits(), (limits) -> spec.limits(limits.toResourceLimits()));
		set(prefix + ".limits", properties.limits(), (limits) -> spec.treeLimits(limits.toTreeLimits()));
		set(prefix + ".priority", properties.priority(), (priority) -> spec.priority(priority.toPriority()));
		set(prefix + ".cpu-affinity", properties.cpuAffinity(),
				(cpus) -> spec.cpuAffinity(IsolationProperties.cpus(cpus)));
		set(prefix + ".oom-score-adjustment", properties.oomScoreAdjustment(), spec::oomScoreAdjustment);
		set(prefix + ".umask", properties.umask(), spec::umask);
		set(prefix + ".no-new-privileges", properties.noNewPrivileges(),
				(value) -> spec.isolation(spec.build().isolation().withNoNewPrivileges(value)));
	}

	private static Command command(String property, List<String> command) {
		if (command.isEmpty() || (command.size() == 1 && command.get(0).isBlank())) {
			throw new SettingException(property, "it is missing",
					"Set " + property + " to a command line as typed into a shell, such as \"php artisan queue:work\","
							+ " or to a list of the program and its arguments. To use shell features, set it to"
							+ " [\"/bin/sh\", \"-c\", \"...\"].");
		}
		return at(property, () -> (command.size() == 1) ? Command.parse(command.get(0)) : Command.of(command));
	}

	private static <V> void set(String property, @Nullable V value, Consumer<V> part) {
		if (value != null) {
			at(property, () -> {
				part.accept(value);
				return property;
			});
		}
	}

	private static <T> T at(String property, Supplier<T> part) {
		try {
			return part.get();
		}
		catch (IllegalArgumentException ex) {
			throw new SettingException(property, ex);
		}
	}

}
