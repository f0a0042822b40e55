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
 * Defaults and bounds of the process manager. What is not said is as in
 * {@link ProcessSettings#DEFAULTS}. <i>Immutable.</i>
 *
 * @param defaults What holds for a process that says nothing else.
 * @param maxConcurrent How many processes may run at once, at least 1. Unlimited if not
 * set.
 * @param acquireTimeout How long run() waits for its turn when so many processes run.
 * @param shutdownGrace How long all processes together have to end after their stop
 * signal when the application stops, before they are killed.
 * @param beforeStopTimeout Maximum time that a requested stop waits for listeners before
 * the first signal is sent.
 * @param lostAfter How long after its kill a process that is still there is given up, and
 * how long each step of a close may hang.
 * @param sweepInterval How often the processes that nobody waits for are looked at, in
 * case their exit was not noticed.
 * @param maxLineLength Length after which a line of output is handed over in parts, 16
 * bytes to 256MB.
 * @param guard The helper process that ends all others if the JVM is killed.
 * @param controlGroup Directory of the control groups, version 2, in which trees with
 * limits get groups of their own; the parent of the JVM's own if not set and that was
 * delegated to it.
 */
@ConfigurationProperties("procession")
public record ProcessProperties(@DefaultValue Defaults defaults, @Nullable Integer maxConcurrent,
		@DefaultValue("30s") Duration acquireTimeout, @DefaultValue("10s") Duration shutdownGrace,
		@DefaultValue("5s") Duration beforeStopTimeout, @DefaultValue("5s") Duration lostAfter,
		@DefaultValue("500ms") Duration sweepInterval, @DefaultValue("1MB") DataSize maxLineLength,
		@DefaultValue Guard guard, @Nullable String controlGroup) {

	/**
	 * What the core knows of this.
	 * @return the settings of a manager
	 * @throws InvalidConfigurationPropertyValueException naming the first property whose
	 * value is wrong
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

	// build() checks: what it refuses is what was said last
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
	 * What holds for a process that says nothing else. <i>Immutable.</i>
	 *
	 * @param timeout How long run() may take, or 'none'.
	 * @param startTimeout How long a process of start() may run, or 'none'.
	 * @param idleTimeout How long a process may write nothing, or 'none'.
	 * @param stopGrace How long a process that is stopped has to end after its stop
	 * signal, before it is killed.
	 * @param timeoutGrace How long a process whose time is over has to end after its stop
	 * signal, before it is killed. Holds too for what processes left behind, but never
	 * more than the shutdown grace.
	 * @param drain How long to wait for the end of the output after an exit, since
	 * something left behind may hold it open. A close waits as long for its last readers.
	 * @param outputLimit Maximum size of the output of a process, both streams together,
	 * if it is captured as a whole; a process that exceeds it is stopped. Unlimited if
	 * not set.
	 * @param charset How output becomes text.
	 * @param pipefail Whether a pipeline fails if any of its stages does, rather than the
	 * last alone.
	 * @param runAs The user and the groups that it runs with.
	 * @param limits What it may use.
	 * @param priority Who comes first where CPU and disks are short.
	 * @param cpuAffinity Numbers of the CPUs that it may run on; all if not set.
	 * @param oomScoreAdjustment Who is killed first when the machine runs out of memory,
	 * -1000 (never) to 1000 (first).
	 * @param umask Permissions that new files do not get, octal and in quotes, such as
	 * "0027".
	 * @param noNewPrivileges Whether set-user-ID programs give it no more privilege.
	 * @param newSession Whether it leads a session of its own, which the terminal's
	 * Ctrl-C does not reach. Programs always do.
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
					(said, cpus) -> said.withCpuAffinity(IsolationProperties.cpus(cpus)));
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
	 * The helper process that ends all others if the JVM is killed. <i>Immutable.</i>
	 *
	 * @param enabled Whether a helper process ends all others if the JVM is killed.
	 * Without it, the next start of an application of the same spring.application.name
	 * does so.
	 */
	public record Guard(@DefaultValue("true") boolean enabled) {

	}

}
