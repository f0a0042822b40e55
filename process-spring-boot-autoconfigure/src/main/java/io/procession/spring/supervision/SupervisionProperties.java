package io.procession.spring.supervision;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.Delimiter;

import io.procession.process.Signal;
import io.procession.spring.IsolationProperties;
import io.procession.supervision.RestartPolicy;

/**
 * Programs that run as long as the application. <i>Immutable.</i>
 *
 * @param programs Programs that are kept running as long as the application runs, by
 * their names.
 */
@ConfigurationProperties("procession")
public record SupervisionProperties(@DefaultValue Map<String, ProgramProperties> programs) {

	/**
	 * One program. <i>Immutable.</i>
	 *
	 * @param command What it runs: one string, which is split by the quoting rules of a
	 * POSIX shell, or a list of the program and its arguments. Nothing is expanded and no
	 * shell runs.
	 * @param directory Working directory; that of the application if not set. A relative
	 * one starts there.
	 * @param environment Environment variables that are set in addition to those of the
	 * application.
	 * @param autostart Whether it is started with the application.
	 * @param restart When it is started again.
	 * @param stopSignal Signal that asks it to end, by name or number, such as INT or 2;
	 * TERM if not set.
	 * @param stopGrace How long it has to end after that signal, before it is killed;
	 * procession.defaults.stop-grace if not set.
	 * @param runAs The user and the groups that it runs with.
	 * @param limits What it may use.
	 * @param priority Who comes first where CPU and disks are short.
	 * @param cpuAffinity Numbers of the CPUs that it may run on; all if not set.
	 * @param oomScoreAdjustment Who is killed first when the machine runs out of memory,
	 * -1000 (never) to 1000 (first).
	 * @param umask Permissions that new files do not get, octal and in quotes, such as
	 * "0027".
	 * @param noNewPrivileges Whether set-user-ID programs give it no more privilege.
	 * @param leaveBehind Whether to let live everything that the program leaves behind
	 * when it ends by itself. By default, that is stopped before the program is
	 * restarted, or when it has ended for good.
	 */
	public record ProgramProperties(@Delimiter(Delimiter.NONE) @DefaultValue List<String> command,
			@Nullable String directory, @DefaultValue Map<String, String> environment,
			@DefaultValue("true") boolean autostart, @DefaultValue Restart restart, @Nullable Signal stopSignal,
			@Nullable Duration stopGrace, @NestedConfigurationProperty @DefaultValue IsolationProperties.User runAs,
			@NestedConfigurationProperty @DefaultValue IsolationProperties.Limits limits,
			@NestedConfigurationProperty @DefaultValue IsolationProperties.Ranks priority,
			@DefaultValue List<Integer> cpuAffinity, @Nullable Integer oomScoreAdjustment, @Nullable String umask,
			@Nullable Boolean noNewPrivileges, @DefaultValue("false") boolean leaveBehind) {

		ProgramProperties withEnvironment(Map<String, String> variables) {
			return new ProgramProperties(this.command, this.directory, variables, this.autostart, this.restart,
					this.stopSignal, this.stopGrace, this.runAs, this.limits, this.priority, this.cpuAffinity,
					this.oomScoreAdjustment, this.umask, this.noNewPrivileges, this.leaveBehind);
		}

		/**
		 * What it is, without command and environment, which may hold passwords.
		 */
		@Override
		public String toString() {
			return "ProgramProperties[directory=" + this.directory + ", environment=" + this.environment.keySet()
					+ ", autostart=" + this.autostart + ", restart=" + this.restart + ", stopSignal=" + this.stopSignal
					+ ", stopGrace=" + this.stopGrace + ", runAs=" + this.runAs + ", limits=" + this.limits
					+ ", priority=" + this.priority + ", cpuAffinity=" + this.cpuAffinity + ", oomScoreAdjustment="
					+ this.oomScoreAdjustment + ", umask=" + this.umask + ", noNewPrivileges=" + this.noNewPrivileges
					+ ", leaveBehind=" + this.leaveBehind + "]";
		}

	}

	/**
	 * When a program is started again. <i>Immutable.</i>
	 *
	 * @param policy Which ends call for a restart.
	 * @param delay How long to wait before a restart.
	 */
	public record Restart(@DefaultValue("on-failure") RestartPolicy.When policy, @DefaultValue("1s") Duration delay) {

	}

}
