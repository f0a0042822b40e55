package io.procession.engine.local;

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
 * A process and its descendants. A process is a member if it
 * <ul>
 * <li>is the root,</li>
 * <li>has a member as its parent,</li>
 * <li>is in a session or process group created by a member,</li>
 * <li>is in the control group created for the tree, or</li>
 * <li>carries the marker in its environment,</li>
 * </ul>
 * or if it was a member once. None of these criteria is sufficient on its own: a daemon
 * changes its parent and its session, and some programs overwrite their environment.
 */
final class LocalTree implements ProcessTree {

	private final SystemProcesses system;

	private final @Nullable LocalProcess root;

	/** Read at the first scan, and again if that fails for lack of file descriptors. */
	private @Nullable ProcStat rootIdentity;

	/** Last signal sent to the root while no scan had found it. */
	private @Nullable Signal sentUnseen;

	private final Predicate<List<String>> marked;

	private final Predicate<ProcStat> never;

	private final List<ControlGroup> controlGroups;

	/** Living members: start time in clock ticks by PID. */
	private final Map<Long, Long> members = new HashMap<>();

	/** Sessions and process groups created by members. */
	private final Set<Long> groups = new HashSet<>();

	private final Map<Long, Sent> sent = new HashMap<>();

	/** Time of the first signal, in clock ticks since boot. */
	private @Nullable Long signalledAt;

	private @Nullable ProcessTable seen;

	private LocalTree(SystemProcesses system, @Nullable LocalProcess root, Predicate<List<String>> marked,
			Predicate<ProcStat> never, List<ControlGroup> controlGroups) {
		this.system = system;
		this.root = root;
		this.marked = marked;
		this.never = never;
		this.controlGroups = controlGroups;
	}

	/** Create the tree of a single execution, optionally with its control group. */
	static LocalTree of(SystemProcesses system, Marker marker, @Nullable LocalProcess root, String executionId,
			@Nullable ControlGroup group) {
		return new LocalTree(system, root,
				(markers) -> markers.stream()
					.anyMatch((entry) -> marker.execution(entry).filter(executionId::equals).isPresent()),
				(process) -> false, (group != null) ? List.of(group) : List.of());
	}

	/**
	 * Create a tree of all processes that carry the marker of an engine or are in one of
	 * its control groups.
	 */
	static LocalTree ofMarked(SystemProcesses system, Marker marker, List<ControlGroup> groups) {
		return new LocalTree(system, null,
				(markers) -> markers.stream().anyMatch((entry) -> marker.execution(entry).isPresent()),
				(process) -> false, groups);
	}

	/**
	 * Create a tree of all processes whose owner was a JVM of the same application, in
	 * the same boot and PID namespace, that no longer exists. Living JVMs of the
	 * application and the processes owned by them are excluded, whatever their origin.
	 */
	static LocalTree ofOrphans(SystemProcesses system, Marker marker) {
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
				// no file descriptor is available: the next scan tries again
				this.rootIdentity = null;
			}
		}
	}

	/**
	 * Return whether the root is alive but was not found: the scan may have failed, be
	 * older than the root, or lack access to it.
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
		// the ID of an empty group may be reused by an unrelated process
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
			// a child started by a member since then may have been started by its handler
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
		// parents first, so that they do not restart a child that exits
		targets.sort(Comparator.comparingLong(ProcStat::startTicks).thenComparingLong(ProcStat::pid));
		this.signalledAt = signalledAt;
		this.system.send(signal, targets);
		targets.forEach((process) -> this.sent.put(process.pid(), new Sent(signal, process.forked())));
		if (signal != Signal.KILL) {
			// a suspended process could not react within its grace period
			this.system.send(Signal.CONT, suspended);
		}
	}

	// the process started by the engine is signaled, whatever a scan shows
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
	 * Signal most recently sent to a process.
	 *
	 * @param signal signal that was sent
	 * @param early whether the process had not executed its program yet, in which case a
	 * handler inherited from its parent may have consumed the signal
	 */
	private record Sent(Signal signal, boolean early) {

		boolean reached(ProcStat process, Signal wanted) {
			return this.signal == wanted && (!this.early || process.forked());
		}

	}

}
