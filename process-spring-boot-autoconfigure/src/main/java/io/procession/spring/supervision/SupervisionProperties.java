package io.procession.spring.supervision;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.Delimiter;

import io.procession.process.Signal;
import io.procession.spring.IsolationProperties;
import io.procession.spring.Switch;
import io.procession.supervision.RestartPolicy;

/**
 * Configuration properties of the programs that are kept running. <i>Immutable.</i>
 *
 * @param programs Programs that are kept running while the application is running, by
 * name.
 * @param supervision Switch of the supervisor.
 */
@ConfigurationProperties("procession")
public record SupervisionProperties(@DefaultValue Map<String, ProgramProperties> programs,
		@NestedConfigurationProperty @DefaultValue Switch supervision) {

	/**
	 * Configuration of a program. <i>Immutable.</i>
	 *
	 * @param command Command to run: a string, which is split by the quoting rules of a
	 * POSIX shell, or a list of the program and its arguments. Nothing is expanded and no
	 * shell is started.
	 * @param directory Working directory. The directory of the application if not set, to
	 * which relative paths refer.
	 * @param environment Environment variables to set in addition to those of the
	 * application.
	 * @param autostart Whether to start the program with the application.
	 * @param restart Restarts of the program.
	 * @param stopSignal Name or number of the signal to stop the program, such as INT or
	 * 2. TERM if not set.
	 * @param stopGrace Maximum time that the program has to end after the stop signal,
	 * before it is killed. procession.defaults.stop-grace if not set.
	 * @param runAs User and groups that the program runs as.
	 * @param limits Resource limits of the program.
	 * @param priority CPU and I/O scheduling priority.
	 * @param cpuAffinity Numbers of the CPUs on which the program may run.
	 * procession.defaults.cpu-affinity if not set.
	 * @param oomScoreAdjustment Adjustment of the likelihood that the program is killed
	 * when the machine runs out of memory, from -1000 (never) to 1000 (first).
	 * @param umask Permissions to remove from new files, in octal notation and in quotes,
	 * such as "0027".
	 * @param noNewPrivileges Whether to prevent the program from gaining privileges
	 * through set-user-ID programs.
	 * @param leaveBehind Whether to leave everything running that the program leaves
	 * behind when it ends by itself. By default, this is stopped before the program is
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

		ProgramProperties withEnvironment(UnaryOperator<Map<String, String>> change) {
			return new ProgramProperties(this.command, this.directory, change.apply(this.environment), this.autostart,
					this.restart, this.stopSignal, this.stopGrace, this.runAs, this.limits, this.priority,
					this.cpuAffinity, this.oomScoreAdjustment, this.umask, this.noNewPrivileges, this.leaveBehind);
		}

		/**
		 * Return a description without the command and the values of the environment,
		 * which may contain passwords.
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
	 * Restarts of a program. <i>Immutable.</i>
	 *
	 * @param policy Condition for restarting the program after it has ended.
	 * @param delay Delay before a restart.
	 */
	public record Restart(@DefaultValue("on-failure") RestartPolicy.When policy, @DefaultValue("1s") Duration delay) {

	}

}
