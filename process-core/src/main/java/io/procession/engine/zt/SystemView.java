package io.procession.engine.zt;

import java.io.File;
import java.util.List;

/**
 * The last look at the processes of this machine, shared by all trees.
 * <i>Thread-safe.</i>
 */
final class SystemView {

	private static final boolean LINUX = new File("/proc/self/stat").canRead();

	private volatile ProcessTable table = ProcessTable.EMPTY;

	void look() {
		this.table = LINUX ? ProcessTable.ofProc() : ProcessTable.ofHandles();
	}

	ProcessTable table() {
		return this.table;
	}

	List<String> limitations() {
		return LINUX ? List.of()
				: List.of("There is no /proc here: of a process's tree only what still has its parent can be found");
	}

}
