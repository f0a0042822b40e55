package io.procession.engine.zt;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import io.procession.engine.ProcessTree;
import io.procession.isolation.ControlGroup;
import io.procession.process.Signal;

/**
 * A process with all that descends from it. A member is who
 * <ul>
 * <li>is the root,</li>
 * <li>has a member as parent,</li>
 * <li>is in a session or a group that a member has made,</li>
 * <li>is in the control group that was made for it, or</li>
 * <li>carries the marker in its environment;</li>
 * </ul>
 * and who once was one. None of these is enough alone: a daemon loses its parent and its
 * session, and some programs overwrite their environment.
 */
final class LocalTree implements ProcessTree {

	private final SystemView system;

	private final @Nullable LocalProcess root;

	/** Read with the first scan, and again should that fail for lack of descriptors. */
	private @Nullable ProcStat rootIdentity;

	/** What the root was sent while no scan had found it. */
	private @Nullable Signal sentUnseen;

	private final Predicate<List<String>> marked;

	private final Predicate<ProcStat> never;

	private final List<ControlGroup> controlGroups;

	/** Start ticks by PID: the identity of everyone who was ever a member and lives. */
	private final Map<Long, Long> members = new HashMap<>();

	/** Sessions and groups that members have made. */
	private final Set<Long> groups = new HashSet<>();

	private final Map<Long, Sent> sent = new HashMap<>();

	/** When the first signal was sent, in clock ticks since boot. */
	private @Nullable Long signalledAt;

	private @Nullable ProcessTable seen;

	private LocalTree(SystemView system, @Nullable LocalProcess root, Predicate<List<String>> marked,
			Predicate<ProcStat> never, List<ControlGroup> controlGroups) {
		this.system = system;
		this.root = root;
		this.marked = marked;
		this.never = never;
		this.controlGroups = controlGroups;
	}

	/** The tree of one execution, perhaps with a control group of its own. */
	static LocalTree of(SystemView system, Marker marker, @Nullable LocalProcess root, String executionId,
			@Nullable ControlGroup group) {
		return new LocalTree(system, root,
				(markers) -> markers.stream()
					.anyMatch((entry) -> marker.execution(entry).filter(executionId::equals).isPresent()),
				(process) -> false, (group != null) ? List.of(group) : List.of());
	}

	/** Everything that carries an engine's marker or is in one of its control groups. */
	static LocalTree ofMarked(SystemView system, Marker marker, List<ControlGroup> groups) {
		return new LocalTree(system, null,
				(markers) -> markers.stream().anyMatch((entry) -> marker.execution(entry).isPresent()),
				(process) -> false, groups);
	}

	/**
	 * Everything whose owner was a JVM of the same application, on this boot, in this
	 * namespace, and is proven dead; but no living JVM of the application, nor what that
	 * owns, wherever it stems from.
	 */
	static LocalTree ofOrphans(SystemView system, Marker marker) {
		Orphans orphans = new Orphans(system, marker.owner());
		return new LocalTree(system, null, orphans::areOrphaned, orphans::isOwner, List.of());
	}

	@Override
	public List<Long> alive() {
		ProcessTable table = this.system.table();
		if (table != this.seen) {
			identifyRoot();
			update(table);
			this.seen = table;
		}
		// a machine that is too busy to be scanned must not keep the dead alive
		this.members.keySet().removeIf(this.system::isGoneSinceScan);
		List<Long> alive = new ArrayList<>(this.members.keySet());
		if (isRootUnseen()) {
			alive.add(0, Objects.requireNonNull(this.root).pid());
		}
		return alive;
	}

	private void identifyRoot() {
		if (this.root != null && this.rootIdentity == null) {
			try {
				this.rootIdentity = this.root.identity();
			}
			catch (NoDescriptorException ex) {
				// no descriptor is left: the next scan tries again
				this.rootIdentity = null;
			}
		}
	}

	/**
	 * Whether the root lives and was not found, since the scan failed, is older than the
	 * root, or cannot see it.
	 */
	private boolean isRootUnseen() {
		return this.root != null && this.root.isAlive() && !this.members.containsKey(this.root.pid());
	}

	private void update(ProcessTable table) {
		this.members.entrySet().removeIf((member) -> {
			ProcStat there = table.process(member.getKey());
			return there == null || there.startTicks() != member.getValue();
		});
		this.sent.keySet().retainAll(this.members.keySet());
		forgetEmptyGroups(table);
		for (long pid : table.marked()) {
			ProcStat process = table.process(pid);
			if (process != null && this.marked.test(table.markers(pid)) && !this.never.test(process)) {
				join(process);
			}
		}
		for (ControlGroup group : this.controlGroups) {
			for (long pid : group.members()) {
				ProcStat process = table.process(pid);
				if (process != null) {
					join(process);
				}
			}
		}
		boolean grown = true;
		while (grown) {
			grown = false;
			for (ProcStat process : table.processes()) {
				if (!this.members.containsKey(process.pid()) && belongs(process) && !this.never.test(process)) {
					join(process);
					grown = true;
				}
			}
		}
	}

	private void forgetEmptyGroups(ProcessTable table) {
		if (this.groups.isEmpty()) {
			return;
		}
		Set<Long> inUse = new HashSet<>();
		for (ProcStat process : table.processes()) {
			inUse.add(process.group());
			inUse.add(process.session());
		}
		// its number may be given to a stranger from now on
		this.groups.retainAll(inUse);
	}

	private boolean belongs(ProcStat process) {
		return isRoot(process) || this.members.containsKey(process.parent()) || this.groups.contains(process.group())
				|| this.groups.contains(process.session());
	}

	private boolean isRoot(ProcStat process) {
		ProcStat known = this.rootIdentity;
		return known != null && process.pid() == known.pid() && process.startTicks() == known.startTicks();
	}

	private void join(ProcStat process) {
		this.members.put(process.pid(), process.startTicks());
		if (process.group() == process.pid()) {
			this.groups.add(process.group());
		}
		if (process.session() == process.pid()) {
			this.groups.add(process.session());
		}
	}

	@Override
	public void signal(Signal signal) {
		if (signal == Signal.KILL) {
			this.controlGroups.forEach(ControlGroup::kill);
		}
		List<Long> alive = alive();
		signalUnseenRoot(signal);
		boolean first = this.signalledAt == null;
		long signalledAt = first ? ProcStat.ticksNow() : Objects.requireNonNull(this.signalledAt);
		List<ProcStat> targets = new ArrayList<>();
		List<ProcStat> suspended = new ArrayList<>();
		for (long pid : alive) {
			ProcStat process = this.system.table().process(pid);
			if (process == null) {
				continue;
			}
			Sent before = this.sent.get(pid);
			// a child of a living member, born since, may be what its handler starts
			boolean spared = before == null && !first && process.startTicks() >= signalledAt
					&& this.members.containsKey(process.parent());
			boolean due = (before == null || !before.reached(process, signal)) && !spared;
			if (signal == Signal.KILL || due) {
				targets.add(process);
			}
			if (process.isSuspended() && !spared) {
				suspended.add(process);
			}
		}
		// parents first: they must know before they see a child end and start the next
		targets.sort(Comparator.comparingLong(ProcStat::startTicks).thenComparingLong(ProcStat::pid));
		this.signalledAt = signalledAt;
		this.system.send(signal, targets);
		targets.forEach((process) -> this.sent.put(process.pid(), new Sent(signal, process.forked())));
		if (signal != Signal.KILL) {
			// what is suspended could not answer within its grace
			this.system.send(Signal.CONT, suspended);
		}
	}

	// whatever a scan shows, the process that was started is known and is signalled
	private void signalUnseenRoot(Signal signal) {
		if (!isRootUnseen() || (signal == this.sentUnseen && signal != Signal.KILL)) {
			return;
		}
		LocalProcess unseen = Objects.requireNonNull(this.root);
		unseen.signal(signal);
		this.sentUnseen = signal;
		if (signal != Signal.KILL) {
			unseen.signal(Signal.CONT);
		}
	}

	/**
	 * What a process was sent last.
	 *
	 * @param signal which signal
	 * @param early whether it had not executed its program then: the handler of whoever
	 * forked it may have swallowed the signal
	 */
	private record Sent(Signal signal, boolean early) {

		boolean reached(ProcStat process, Signal wanted) {
			return this.signal == wanted && (!this.early || process.forked());
		}

	}

}
