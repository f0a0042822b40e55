package io.procession.engine.local;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.procession.engine.Launch;
import io.procession.isolation.Account;
import io.procession.isolation.Isolation;
import io.procession.isolation.IsolationException;
import io.procession.isolation.IsolationPlan;
import io.procession.isolation.IsolationSupport;
import io.procession.isolation.ResourceLimits;
import io.procession.isolation.Tool;
import io.procession.process.ProcessStartException;
import io.procession.process.ProcessStartException.Reason;

/**
 * Planner for the isolation of launches. Each chain of tools is tried once with a
 * harmless program before it is used: {@code nice} and {@code ionice} continue after an
 * error, the kernel silently ignores missing CPUs, and the exit code of a failed tool
 * looks like that of the program. <i>Thread-safe.</i>
 */
final class Isolator {

	/** Exit code of a trial that could not be started or did not end in time. */
	static final int NOT_TRIED = -1;

	private static final long TRIAL_SECONDS = 10;

	/** Interval at which the output of a running trial is read, in milliseconds. */
	private static final long READ_MILLIS = 10;

	/** Maximum output of a tool, in bytes. */
	private static final int MOST_OUTPUT = 1 << 20;

	/** Maximum number of chains remembered as tried. */
	private static final int REMEMBERED = 256;

	private static final Logger logger = LoggerFactory.getLogger(Isolator.class);

	private final @Nullable Path controlGroup;

	private final Set<List<String>> tried = ConcurrentHashMap.newKeySet();

	/** Guards {@link #support}, which is detected on first use. */
	private final Object lock = new Object();

	private volatile @Nullable IsolationSupport support;

	private final JvmSignals signals = new JvmSignals();

	Isolator(@Nullable Path controlGroup) {
		this.controlGroup = controlGroup;
	}

	IsolationSupport support() {
		IsolationSupport known = this.support;
		if (known != null) {
			return known;
		}
		synchronized (this.lock) {
			if (this.support == null) {
				IsolationSupport found = IsolationSupport.detect(this.controlGroup);
				logger.debug("Isolation {}", found);
				this.support = found;
			}
			return this.support;
		}
	}

	JvmSignals signals() {
		return this.signals;
	}

	/**
	 * Create the isolation plan of a launch.
	 * @return the plan, or {@code null} if no isolation is configured
	 * @throws ProcessStartException if a part of the isolation is not supported
	 */
	@Nullable IsolationPlan plan(Launch launch) {
		Isolation isolation = launch.isolation();
		if (isolation.isEmpty()) {
			return null;
		}
		if (launch.spec().terminal() != null) {
			if (Boolean.TRUE.equals(isolation.newSession()) && launch.terminal() == null) {
				throw new ProcessStartException(launch.spec(), Reason.ISOLATION,
						"new-session: a process in a new session cannot use the JVM's terminal (tty()): use pty(...)",
						null);
			}
			// a process on a pseudoterminal leads its session already; tty() uses the
			// JVM's
			isolation = isolation.withNewSession(false);
		}
		try {
			return support().plan(isolation, Isolator::account);
		}
		catch (IsolationException ex) {
			throw failure(launch, ex);
		}
	}

	static ProcessStartException failure(Launch launch, IsolationException ex) {
		return new ProcessStartException(launch.spec(), ex.isUnknownAccount() ? Reason.NO_SUCH_USER : Reason.ISOLATION,
				String.valueOf(ex.getMessage()), null);
	}

	private static Optional<String> account(String database, String name) {
		return Tool.GETENT.find()
			.map((getent) -> attempt(List.of(getent.toString(), database, "--", name)))
			.filter((trial) -> trial.exitCode() == 0)
			.map(Trial::output);
	}

	/**
	 * Try the tools of a plan, unless they have been tried before.
	 * @throws ProcessStartException if the tools do not apply the configured isolation
	 */
	void verify(Launch launch, IsolationPlan plan) {
		List<String> chain = plan.chain(null);
		boolean sure = chain.isEmpty() || plan.isolation().equals(Isolation.none().withNewSession(true));
		if (sure || this.tried.contains(chain)) {
			return;
		}
		Trial trial = attempt(chain, Tool.CAT, IsolationPlan.evidence());
		if (trial.exitCode() != 0) {
			throw new ProcessStartException(launch.spec(), Reason.ISOLATION,
					"a trial of its isolation with cat(1) failed with exit code " + trial.exitCode() + ": "
							+ trial.lastLine() + hint(plan),
					null);
		}
		plan.mismatch(trial.output()).ifPresent((wrong) -> {
			throw new ProcessStartException(launch.spec(), Reason.ISOLATION,
					"a trial with cat(1) showed that its isolation is not in effect as configured: " + wrong, null);
		});
		plan.shownIoPriority().ifPresent((expected) -> {
			Trial shown = attempt(chain, Tool.IONICE, List.of());
			if (!shown.output().strip().equals(expected)) {
				throw new ProcessStartException(launch.spec(), Reason.ISOLATION,
						"a trial showed that priority.io-class is '" + shown.lastLine() + "' instead of '" + expected
								+ "'",
						null);
			}
		});
		if (this.tried.size() >= REMEMBERED) {
			this.tried.clear();
		}
		this.tried.add(chain);
	}

	private static String hint(IsolationPlan plan) {
		ResourceLimits limits = plan.isolation().limits();
		return limits.equals(ResourceLimits.none()) ? "" : " (limits may be too low for any program to start)";
	}

	/**
	 * Return what prevents the account of a plan from executing a file or entering a
	 * directory. The permission bits are checked first and are final if they permit the
	 * access. Otherwise the kernel decides, as it also evaluates access control lists.
	 * @return the file or directory that denies access, or empty if none does
	 */
	Optional<Path> blocker(IsolationPlan plan, File file) {
		Account account = plan.account();
		if (account == null || !plan.switching()) {
			return Optional.empty();
		}
		return account.blocker(file.toPath().toAbsolutePath()).filter((path) -> {
			List<String> command = new ArrayList<>(plan.chain(null));
			command.addAll(List.of("/bin/sh", "-c", "[ -x \"$1\" ]", "sh", file.getAbsolutePath()));
			return attempt(command).exitCode() == 1;
		});
	}

	/**
	 * Return whether the kernel permits the account of a plan to open a file. The result
	 * is used for the error message only: the file is opened with the permissions of that
	 * account.
	 */
	boolean mayOpen(IsolationPlan plan, Path file, LaunchCheck.FileUse use) {
		List<String> command = new ArrayList<>(plan.chain(null));
		command.addAll(List.of("/bin/sh", "-c", use.test(), "sh", file.toAbsolutePath().toString()));
		return attempt(command).exitCode() != 1;
	}

	private static Trial attempt(List<String> chain, Tool tool, List<String> arguments) {
		List<String> command = new ArrayList<>(chain);
		command.add(IsolationPlan.require(tool).toString());
		command.addAll(arguments);
		return attempt(command);
	}

	static Trial attempt(List<String> command) {
		ProcessBuilder builder = new ProcessBuilder(command);
		builder.directory(new File("/"));
		builder.redirectInput(new File("/dev/null")).redirectErrorStream(true);
		builder.environment().clear();
		builder.environment().putAll(Map.of("PATH", "/usr/bin:/bin", "LC_ALL", "C"));
		Process process;
		try {
			process = ProcessReaper.start(builder::start);
		}
		catch (IOException ex) {
			return new Trial(NOT_TRIED, String.valueOf(ex.getMessage()));
		}
		try {
			ByteArrayOutputStream output = new ByteArrayOutputStream();
			InputStream in = process.getInputStream();
			long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(TRIAL_SECONDS);
			while (!process.waitFor(READ_MILLIS, TimeUnit.MILLISECONDS)) {
				// a process that finds its pipe full would never exit
				output.write(in.readNBytes(Math.min(in.available(), MOST_OUTPUT - output.size())));
				if (System.nanoTime() - deadline >= 0) {
					return new Trial(NOT_TRIED, "it did not exit within " + TRIAL_SECONDS + " s");
				}
				if (output.size() >= MOST_OUTPUT) {
					return new Trial(NOT_TRIED, "it wrote more than " + MOST_OUTPUT + " bytes");
				}
			}
			output.write(in.readNBytes(MOST_OUTPUT - output.size()));
			return new Trial(process.exitValue(), output.toString(StandardCharsets.ISO_8859_1));
		}
		catch (IOException ex) {
			return new Trial(NOT_TRIED, String.valueOf(ex.getMessage()));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return new Trial(NOT_TRIED, "it was interrupted");
		}
		finally {
			// ends the process after a timeout as well as after an interrupt
			process.destroyForcibly();
		}
	}

	/**
	 * Outcome of a trial.
	 *
	 * @param exitCode exit code, or -1 if there is none
	 * @param output combined standard output and standard error
	 */
	record Trial(int exitCode, String output) {

		String lastLine() {
			String[] lines = this.output.strip().split("\n");
			String last = lines[lines.length - 1];
			return last.isEmpty() ? "(it wrote no output)" : last;
		}

	}

}
