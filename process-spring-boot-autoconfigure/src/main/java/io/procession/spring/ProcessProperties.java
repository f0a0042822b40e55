package io.procession.spring;

import java.nio.charset.Charset;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.unit.DataSize;

import io.procession.execution.ProcessSettings;
import io.procession.isolation.Isolation;
import io.procession.process.TimeLimit;

/**
 * Configuration properties of the process manager. Settings that are not configured have
 * the values of {@link ProcessSettings#DEFAULTS}. <i>Immutable.</i>
 *
 * @param enabled Whether to enable Procession's auto-configuration.
 * @param defaults Defaults for processes that are not configured otherwise.
 * @param maxConcurrent Maximum number of processes that run at the same time, at least 1.
 * Unlimited if not set.
 * @param acquireTimeout Maximum time that run() waits until fewer than the maximum number
 * of processes are running.
 * @param shutdownGrace Maximum time that all processes together have to end after their
 * stop signal when the application stops, before they are killed.
 * @param beforeStopTimeout Maximum time that a requested stop waits for listeners before
 * the first signal is sent.
 * @param lostAfter Time after which a killed process that is still alive is abandoned.
 * Also the maximum time for which each step of a shutdown may hang.
 * @param sweepInterval Interval at which processes that no thread waits for are polled,
 * in case their exit was not noticed.
 * @param maxLineLength Maximum length of a line of output, 16 bytes to 256MB. Longer
 * lines are delivered in parts.
 * @param guard Guard process that ends all other processes if the JVM is killed.
 * @param controlGroup Directory in the control group hierarchy, version 2, in which
 * process trees with limits get their own groups. If not set, the parent of the JVM's own
 * group, provided that it is delegated to the JVM.
 */
@ConfigurationProperties("procession")
public record ProcessProperties(@DefaultValue("true") boolean enabled, @DefaultValue Defaults defaults,
		@Nullable Integer maxConcurrent, @DefaultValue("30s") Duration acquireTimeout,
		@DefaultValue("10s") Duration shutdownGrace, @DefaultValue("5s") Duration beforeStopTimeout,
		@DefaultValue("5s") Duration lostAfter, @DefaultValue("500ms") Duration sweepInterval,
		@DefaultValue("1MB") DataSize maxLineLength, @DefaultValue Guard guard, @Nullable String controlGroup) {

	/**
	 * Create the corresponding {@link ProcessSettings}.
	 * @return the settings of a manager
	 * @throws InvalidConfigurationPropertyValueException if a value is invalid; names the
	 * first such property
	 */
	public ProcessSettings toSettings() {
		ProcessSettings.Builder settings = ProcessSettings.DEFAULTS.toBuilder();
		this.defaults.addTo(settings);
		set("acquire-timeout", this.acquireTimeout, settings::acquireTimeout);
		set("shutdown-grace", this.shutdownGrace, settings::shutdownGrace);
		set("before-stop-timeout", this.beforeStopTimeout, settings::beforeStopTimeout);
		set("lost-after", this.lostAfter, settings::lostAfter);
		set("sweep-interval", this.sweepInterval, settings::sweepInterval);
		set("max-line-length", this.maxLineLength,
				(size) -> settings.maxLineLength((int) Math.min(size.toBytes(), Integer.MAX_VALUE)));
		if (this.maxConcurrent != null) {
			set("max-concurrent", this.maxConcurrent, settings::maxConcurrent);
		}
		return settings.build();
	}

	// build() is called after each value so that it rejects an invalid one here
	private static <V> void set(String name, V value, Function<V, ProcessSettings.Builder> part) {
		at(name, value, () -> part.apply(value).build());
	}

	private static <T extends @Nullable Object> T at(String name, Object value, Supplier<T> part) {
		try {
			return part.get();
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidConfigurationPropertyValueException("procession." + name, value,
					String.valueOf(ex.getMessage()));
		}
	}

	/**
	 * Defaults for processes that are not configured otherwise. <i>Immutable.</i>
	 *
	 * @param timeout Maximum duration of a process that is started by run(), or 'none'.
	 * @param startTimeout Maximum duration of a process that is started by start(), or
	 * 'none'.
	 * @param idleTimeout Maximum time for which a process may write no output, or 'none'.
	 * @param stopGrace Maximum time that a stopped process has to end after its stop
	 * signal, before it is killed.
	 * @param timeoutGrace Maximum time that a process has to end after its stop signal
	 * when it has exceeded its timeout, before it is killed. Also applies to processes
	 * that others left behind, but is then limited by the shutdown grace.
	 * @param drain Maximum time to wait for the remaining output once a process has
	 * exited, since processes that it left behind may keep the output open. Also the
	 * maximum time that a shutdown waits for the last readers.
	 * @param outputLimit Maximum size of the output of a process, both streams together,
	 * if it is captured as a whole. A process that exceeds it is stopped. Unlimited if
	 * not set.
	 * @param charset Charset used to decode output.
	 * @param pipefail Whether a pipeline fails if any of its stages fails, rather than
	 * only the last one.
	 * @param runAs User and groups that a process runs as.
	 * @param limits Resource limits of a process.
	 * @param priority CPU and I/O scheduling priority.
	 * @param cpuAffinity Numbers of the CPUs on which a process may run. The CPUs of the
	 * application if not set.
	 * @param oomScoreAdjustment Adjustment of the likelihood that a process is killed
	 * when the machine runs out of memory, from -1000 (never) to 1000 (first).
	 * @param umask Permissions to remove from new files, in octal notation and in quotes,
	 * such as "0027".
	 * @param noNewPrivileges Whether to prevent a process from gaining privileges through
	 * set-user-ID programs.
	 * @param newSession Whether to start a process in its own session, which is not
	 * reached by Ctrl-C in the terminal. Always enabled for programs.
	 */
	public record Defaults(@DefaultValue("60s") TimeLimit timeout, @DefaultValue("none") TimeLimit startTimeout,
			@DefaultValue("none") TimeLimit idleTimeout, @DefaultValue("10s") Duration stopGrace,
			@DefaultValue("2s") Duration timeoutGrace, @DefaultValue("1s") Duration drain,
			@Nullable DataSize outputLimit, @DefaultValue("UTF-8") Charset charset,
			@DefaultValue("true") boolean pipefail,
			@NestedConfigurationProperty @DefaultValue IsolationProperties.User runAs,
			@NestedConfigurationProperty @DefaultValue IsolationProperties.Limits limits,
			@NestedConfigurationProperty @DefaultValue IsolationProperties.Ranks priority,
			@DefaultValue List<Integer> cpuAffinity, @Nullable Integer oomScoreAdjustment, @Nullable String umask,
			@Nullable Boolean noNewPrivileges, @Nullable Boolean newSession) {

		private void addTo(ProcessSettings.Builder settings) {
			settings.timeout(this.timeout)
				.startTimeout(this.startTimeout)
				.idleTimeout(this.idleTimeout)
				.charset(this.charset)
				.pipefail(this.pipefail);
			set("defaults.stop-grace", this.stopGrace, settings::stopGrace);
			set("defaults.timeout-grace", this.timeoutGrace, settings::timeoutGrace);
			set("defaults.drain", this.drain, settings::drain);
			if (this.outputLimit != null) {
				set("defaults.output-limit", this.outputLimit, (size) -> settings.outputLimit(size.toBytes()));
			}
			settings.isolation(toIsolation());
		}

		private Isolation toIsolation() {
			Isolation isolation = new Isolation(at("defaults.run-as", this.runAs, this.runAs::toRunAs),
					at("defaults.limits", this.limits, this.limits::toResourceLimits),
					at("defaults.limits", this.limits, this.limits::toTreeLimits),
					at("defaults.priority", this.priority, this.priority::toPriority), new TreeSet<>(), null, null,
					this.noNewPrivileges, this.newSession);
			isolation = with(isolation, "cpu-affinity", this.cpuAffinity,
					(configured, cpus) -> configured.withCpuAffinity(IsolationProperties.cpus(cpus)));
			isolation = with(isolation, "oom-score-adjustment", this.oomScoreAdjustment,
					Isolation::withOomScoreAdjustment);
			return with(isolation, "umask", this.umask, Isolation::withUmask);
		}

		private static <V> Isolation with(Isolation isolation, String name, @Nullable V value,
				BiFunction<Isolation, V, Isolation> part) {
			return (value != null) ? at("defaults." + name, value, () -> part.apply(isolation, value)) : isolation;
		}

	}

	/**
	 * Guard process that ends all other processes if the JVM is killed. <i>Immutable.</i>
	 *
	 * @param enabled Whether to start a guard process that ends all other processes if
	 * the JVM is killed. Without it, they are ended at the next start of an application
	 * with the same spring.application.name.
	 */
	public record Guard(@DefaultValue("true") boolean enabled) {

	}

}
