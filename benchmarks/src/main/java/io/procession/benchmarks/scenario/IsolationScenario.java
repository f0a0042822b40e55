package io.procession.benchmarks.scenario;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.procession.execution.PendingProcess;
import io.procession.isolation.IoClass;
import io.procession.isolation.Isolation;
import io.procession.isolation.IsolationFeature;
import io.procession.isolation.IsolationSupport;
import io.procession.isolation.Priority;
import io.procession.isolation.ResourceLimits;
import io.procession.isolation.RunAs;
import io.procession.isolation.Scheduling;

/**
 * Cost of each tool that precedes a program, compared with a start without any.
 */
final class IsolationScenario implements Scenario {

	private static final RunAs OTHER = RunAs.user("nobody");

	@Override
	public String name() {
		return "isolation";
	}

	@Override
	public String title() {
		return "`run()` of `/bin/true`, isolated (median of the runs of a round)";
	}

	@Override
	public int rounds() {
		return 20;
	}

	@Override
	public List<Contender> contenders(Setting setting) {
		int runs = setting.amount(15, 3);
		List<Contender> contenders = new ArrayList<>();
		isolations()
			.forEach((name, isolation) -> contenders.add(new Contender(name, () -> measure(setting, isolation, runs))));
		return contenders;
	}

	private static Map<String, Isolation> isolations() {
		Isolation none = Isolation.none();
		ResourceLimits limits = ResourceLimits.none().withOpenFiles(256).withCoreSize(0);
		Map<String, Isolation> all = new LinkedHashMap<>();
		all.put("a plain start", none);
		all.put("new session", none.withNewSession(true));
		all.put("limits", none.withLimits(limits));
		all.put("nice", none.withPriority(Priority.ofNice(5)));
		all.put("I/O class", none.withPriority(Priority.none().withIo(IoClass.IDLE)));
		all.put("scheduling", none.withPriority(Priority.none().withScheduling(Scheduling.BATCH)));
		all.put("CPU affinity", none.withCpuAffinity(0));
		all.put("OOM score", none.withOomScoreAdjustment(500));
		all.put("umask", none.withUmask("0027"));
		all.put("no new privileges", none.withNoNewPrivileges(true));
		all.put("limits, no new privileges", none.withLimits(limits).withNoNewPrivileges(true));
		Isolation whole = none.withNewSession(true)
			.withLimits(limits)
			.withPriority(new Priority(5, IoClass.IDLE, null, Scheduling.BATCH))
			.withCpuAffinity(0)
			.withOomScoreAdjustment(500)
			.withUmask("0027")
			.withNoNewPrivileges(true);
		all.put("all of it", whole);
		if (IsolationSupport.detect().isSupported(IsolationFeature.RUN_AS)) {
			all.put("other user", none.withRunAs(OTHER));
			all.put("all of it, other user", whole.withRunAs(OTHER));
		}
		return all;
	}

	private static Sample measure(Setting setting, Isolation isolation, int runs) {
		PendingProcess process = setting.processes().command("/bin/true").directory(Path.of("/")).isolation(isolation);
		double[] times = new double[runs];
		for (int i = 0; i < runs; i++) {
			long start = System.nanoTime();
			process.run().throwIfFailed();
			times[i] = Sample.millisSince(start);
		}
		Arrays.sort(times);
		return Sample.of(Measure.TIME, times[runs / 2]);
	}

	@Override
	public List<Bound> bounds() {
		return List.of();
	}

}
