package io.procession.spring;

import java.nio.charset.Charset;
import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;
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
		@DefaultValue("5s") Duration lostAfter, @DefaultValue("500ms") Duration sweepInterval,
		@DefaultValue("1MB") DataSize maxLineLength, @DefaultValue Guard guard, @Nullable String controlGroup) {

	/**
	 * Checks the values, so that a wrong one is reported where it is bound.
	 * @param defaults what holds for a process that says nothing else
	 * @param maxConcurrent how many processes may run at once
	 * @param acquireTimeout how long run() waits for its turn
	 * @param shutdownGrace how long all processes have when the application stops
	 * @param lostAfter how long after its kill a process is given up
	 * @param sweepInterval how often processes are looked at
	 * @param maxLineLength length after which a line is handed over in parts
	 * @param guard the helper process
	 * @param controlGroup directory of the control groups
	 */
	public ProcessProperties {
		settings(defaults, maxConcurrent, acquireTimeout, shutdownGrace, lostAfter, sweepInterval, maxLineLength);
	}

	/**
	 * What the core knows of this.
	 * @return the settings of a manager
	 */
	public ProcessSettings toSettings() {
		return settings(this.defaults, this.maxConcurrent, this.acquireTimeout, this.shutdownGrace, this.lostAfter,
				this.sweepInterval, this.maxLineLength);
	}

	private static ProcessSettings settings(Defaults defaults, @Nullable Integer maxConcurrent, Duration acquireTimeout,
			Duration shutdownGrace, Duration lostAfter, Duration sweepInterval, DataSize maxLineLength) {
		ProcessSettings.Builder settings = ProcessSettings.DEFAULTS.toBuilder()
			.timeout(defaults.timeout)
			.startTimeout(defaults.startTimeout)
			.idleTimeout(defaults.idleTimeout)
			.stopGrace(defaults.stopGrace)
			.timeoutGrace(defaults.timeoutGrace)
			.drain(defaults.drain)
			.charset(defaults.charset)
			.pipefail(defaults.pipefail)
			.isolation(defaults.toIsolation())
			.acquireTimeout(acquireTimeout)
			.shutdownGrace(shutdownGrace)
			.lostAfter(lostAfter)
			.sweepInterval(sweepInterval)
			.maxLineLength((int) Math.min(maxLineLength.toBytes(), Integer.MAX_VALUE));
		if (maxConcurrent != null) {
			settings.maxConcurrent(maxConcurrent);
		}
		return settings.build();
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
			@DefaultValue("UTF-8") Charset charset, @DefaultValue("true") boolean pipefail,
			@NestedConfigurationProperty @DefaultValue IsolationProperties.User runAs,
			@NestedConfigurationProperty @DefaultValue IsolationProperties.Limits limits,
			@NestedConfigurationProperty @DefaultValue IsolationProperties.Ranks priority,
			@DefaultValue List<Integer> cpuAffinity, @Nullable Integer oomScoreAdjustment, @Nullable String umask,
			@Nullable Boolean noNewPrivileges, @Nullable Boolean newSession) {

		private Isolation toIsolation() {
			return IsolationProperties.toIsolation(this.runAs, this.limits, this.priority, this.cpuAffinity,
					this.oomScoreAdjustment, this.umask, this.noNewPrivileges, this.newSession);
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
