package io.procession.engine.local;

import java.util.List;
import java.util.Optional;

/**
 * Distinction between processes that a dead JVM of an application has left behind and
 * those owned by a living JVM.
 */
final class Orphans {

	private final SystemProcesses system;

	private final Marker.Owner self;

	Orphans(SystemProcesses system, Marker.Owner self) {
		this.system = system;
		this.self = self;
	}

	/**
	 * Return whether the markers of a process name a dead JVM of the application and no
	 * living one.
	 */
	boolean areOrphaned(List<String> markers) {
		List<Marker.Owner> owners = markers.stream()
			.map(Marker::owner)
			.flatMap(Optional::stream)
			.filter(this::isOfThisApplication)
			.toList();
		return !owners.isEmpty() && owners.stream().noneMatch(this::isAlive);
	}

	private boolean isOfThisApplication(Marker.Owner owner) {
		return owner.application().equals(this.self.application()) && owner.bootId().equals(this.self.bootId())
				&& owner.pidNamespace().equals(this.self.pidNamespace());
	}

	private boolean isAlive(Marker.Owner owner) {
		ProcStat there = this.system.table().process(owner.pid());
		return there != null && there.startTicks() == owner.startTicks();
	}

	/** Return whether a process is this JVM, or a JVM named as an owner by any marker. */
	boolean isOwner(ProcStat process) {
		if (process.pid() == this.self.pid()) {
			return true;
		}
		ProcessTable table = this.system.table();
		for (long pid : table.marked()) {
			boolean named = table.markers(pid)
				.stream()
				.map(Marker::owner)
				.flatMap(Optional::stream)
				.anyMatch((owner) -> owner.pid() == process.pid() && owner.startTicks() == process.startTicks());
			if (named) {
				return true;
			}
		}
		return false;
	}

}
