package io.procession.testing;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

import io.procession.ProcessManager;
import io.procession.execution.PendingProcess;
import io.procession.isolation.IoClass;
import io.procession.isolation.IsolationFeature;
import io.procession.isolation.Priority;
import io.procession.isolation.ResourceLimits;
import io.procession.isolation.RunAs;
import io.procession.isolation.Scheduling;
import io.procession.process.ProcessStartException;
import io.procession.process.ProcessTimedOutException;

/**
 * Isolation in a JVM without privileges. A separate main program, so that tests run by
 * root can switch to an ordinary user.
 */
public final class OrdinaryUser {

	private final ProcessManager processes;

	private final List<String> report = new ArrayList<>();

	private OrdinaryUser(ProcessManager processes) {
		this.processes = processes;
	}

	/**
	 * Print {@link #report} line by line, or, with any argument, what such a user may do
	 * with capabilities.
	 * @param arguments none, or any
	 */
	public static void main(String[] arguments) {
		try (ProcessManager processes = ProcessManager.create()) {
			OrdinaryUser user = new OrdinaryUser(processes);
			if (arguments.length == 0) {
				user.tryAll();
			}
			else {
				user.tryCapabilities();
			}
			user.report.forEach(System.out::println);
		}
	}

	/**
	 * Try the settings that are permitted and not permitted for an ordinary user.
	 * @param processes starts the processes
	 * @return a line for each attempt: the setting and its outcome
	 */
	public static List<String> report(ProcessManager processes) {
		OrdinaryUser user = new OrdinaryUser(processes);
		user.tryAll();
		return user.report;
	}

	private void tryAll() {
		this.report.add("supported: " + this.processes.isolation().isSupported(IsolationFeature.RUN_AS));
		String self = shell("id -u").run().output().strip();
		attempt("other user", () -> shell("id -u").runAs(RunAs.user("root")));
		attempt("other group", () -> shell("id -u").runAs(RunAs.user(self).withGroup("root")));
		attempt("same user", () -> shell("[ $(id -u) = " + self + " ] && echo same").runAs(RunAs.user(self)));
		attempt("first", () -> shell("nice").priority(Priority.ofNice(-5)));
		attempt("later", () -> shell("nice").priority(Priority.ofNice(18)));
		attempt("realtime", () -> shell("ionice").priority(Priority.none().withIo(IoClass.REALTIME)));
		attempt("idle", () -> shell("ionice").priority(Priority.none().withIo(IoClass.IDLE)));
		attempt("batch", () -> shell("nice").priority(Priority.ofNice(19).withScheduling(Scheduling.BATCH)));
		attempt("more files", () -> shell("ulimit -n").limits(ResourceLimits.none().withOpenFiles(1L << 40)));
		attempt("fewer files", () -> shell("ulimit -n").limits(ResourceLimits.none().withOpenFiles(50)));
		attempt("never killed", () -> shell("echo killed last").oomScoreAdjustment(-1000));
		attempt("killed first", () -> shell("cat /proc/self/oom_score_adj").oomScoreAdjustment(900));
		attempt("no privileges", () -> shell("grep NoNewPrivs /proc/self/status").noNewPrivileges());
		attempt("umask", () -> shell("umask").umask("0077"));
		attempt("session", () -> shell("[ $(cut -d' ' -f6 /proc/$$/stat) = $$ ] && echo leads").newSession());
	}

	private void tryCapabilities() {
		RunAs daemon = RunAs.user("daemon");
		this.report.add("supported: " + this.processes.isolation().isSupported(IsolationFeature.RUN_AS));
		attempt("other user",
				() -> shell("id -u; grep '^Cap[IPEA]' /proc/self/status | cut -f2 | sort -u").runAs(daemon));
		attempt("stopped", () -> shell("sleep 300").runAs(daemon).timeout(Duration.ofMillis(100)));
		attempt("here", () -> this.processes.command("true").runAs(daemon));
		attempt("inherited", () -> shell("umask").umask("0077"));
		attempt("not inherited", () -> shell("umask").umask("0077").unsetEnv("my.setting"));
	}

	private PendingProcess shell(String script) {
		return this.processes.shell(script).directory(Path.of("/"));
	}

	private void attempt(String what, Supplier<PendingProcess> process) {
		String outcome;
		try {
			outcome = process.get().run().output().strip();
		}
		catch (ProcessTimedOutException ex) {
			outcome = ex.result().map((result) -> result.signal().toString()).orElse("");
		}
		catch (ProcessStartException ex) {
			String message = String.valueOf(ex.getMessage());
			outcome = ex.reason() + message.substring(message.indexOf(" could not be started: ") + 21);
		}
		this.report.add(what + ": " + outcome);
	}

}
