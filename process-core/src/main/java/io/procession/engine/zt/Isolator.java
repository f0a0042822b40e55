package io.procession.engine.zt;

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
 * Plans the isolation of launches, and tries each chain of tools once with a harmless
 * program before it is trusted: {@code nice} and {@code ionice} go on after an error, the
 * kernel drops CPUs silently, and the exit code of a tool that failed looks like the
 * program's. <i>Thread-safe.</i>
 */
final class Isolator {

	private static final long TRIAL_SECONDS = 10;

	/** How often what a trial has written is read while it runs. */
	private static final long READ_MILLIS = 10;

	/** How much output of a tool is kept, in bytes. */
	private static final int MOST_OUTPUT = 1 << 20;

	/** So many chains are remembered as tried. */
	private static final int REMEMBERED = 256;

	private static final Logger logger = LoggerFactory.getLogger(Isolator.class);

	private final @Nullable Path controlGroup;

	private final Set<List<String>> tried = ConcurrentHashMap.newKeySet();

	/** Guards {@link #support}, which is found out when it is first asked for. */
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
	 * Plans the isolation of a launch.
	 * @return the plan, or {@code null} if nothing is asked for
	 * @throws ProcessStartException if something cannot be had here
	 */
	@Nullable IsolationPlan plan(Launch launch) {
		Isolation isolation = launch.isolation();
		if (isolation.isEmpty()) {
			return null;
		}
		if (launch.spec().terminal() != null) {
			if (Boolean.TRUE.equals(isolation.newSession()) && launch.terminal() == null) {
				throw new ProcessStartException(launch.spec(), Reason.ISOLATION,
						"new-session: a session of its own has no part in the terminal that tty() gives it: use pty(...)",
						null);
			}
			// on a pseudoterminal it leads one already, and tty() asks for the JVM's
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
	 * Tries the tools of a plan, unless that was done before.
	 * @throws ProcessStartException if they do not do what was asked for
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
					"its isolation was tried with cat(1), which failed with exit code " + trial.exitCode() + ": "
							+ trial.lastLine() + hint(plan),
					null);
		}
		plan.mismatch(trial.output()).ifPresent((wrong) -> {
			throw new ProcessStartException(launch.spec(), Reason.ISOLATION,
					"its isolation was tried with cat(1) and is not what was asked for: " + wrong, null);
		});
		plan.shownIoPriority().ifPresent((expected) -> {
			Trial shown = attempt(chain, Tool.IONICE, List.of());
			if (!shown.output().strip().equals(expected)) {
				throw new ProcessStartException(launch.spec(), Reason.ISOLATION,
						"priority.io-class was tried and is '" + shown.lastLine() + "' instead of '" + expected + "'",
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
		return limits.equals(ResourceLimits.none()) ? "" : " (too low limits keep any program from starting)";
	}

	/**
	 * Asks what keeps the account of a plan from executing a file or entering a
	 * directory. The permission bits are asked first, and believed if they allow it; the
	 * kernel, which knows of access lists, has the last word.
	 * @return the culprit
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
	 * Ask the kernel whether the account of a plan may open a file. The answer serves the
	 * message only: the file is opened with that account's rights.
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
			return new Trial(-1, String.valueOf(ex.getMessage()));
		}
		try {
			ByteArrayOutputStream output = new ByteArrayOutputStream();
			InputStream in = process.getInputStream();
			long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(TRIAL_SECONDS);
			while (!process.waitFor(READ_MILLIS, TimeUnit.MILLISECONDS)) {
				// one that finds its pipe full would never end
				output.write(in.readNBytes(Math.min(in.available(), MOST_OUTPUT - output.size())));
				if (System.nanoTime() - deadline >= 0) {
					return new Trial(-1, "it did not end within " + TRIAL_SECONDS + " s");
				}
				if (output.size() >= MOST_OUTPUT) {
					return new Trial(-1, "it wrote more than " + MOST_OUTPUT + " bytes");
				}
			}
			output.write(in.readNBytes(MOST_OUTPUT - output.size()));
			return new Trial(process.exitValue(), output.toString(StandardCharsets.ISO_8859_1));
		}
		catch (IOException ex) {
			return new Trial(-1, String.valueOf(ex.getMessage()));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return new Trial(-1, "it was interrupted");
		}
		finally {
			// an interrupt leaves it no more than a hang does
			process.destroyForcibly();
		}
	}

	/**
	 * What became of a trial.
	 *
	 * @param exitCode its exit code, or -1 if there is none
	 * @param output what it has written, to either stream
	 */
	record Trial(int exitCode, String output) {

		String lastLine() {
			String[] lines = this.output.strip().split("\n");
			String last = lines[lines.length - 1];
			return last.isEmpty() ? "(it said nothing)" : last;
		}

	}

}
