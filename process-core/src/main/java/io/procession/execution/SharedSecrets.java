package io.procession.execution;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.procession.process.ProcessSpec;

/**
 * The secrets of related processes, such as the stages of a pipeline, since one process
 * may show the secrets of another. <i>Thread-safe.</i>
 */
final class SharedSecrets implements Supplier<List<String>> {

	private final List<ProcessSpec> members;

	/** Values that were read from references to secrets. */
	private final Set<String> resolved = new LinkedHashSet<>();

	/** Created on demand, and again when secrets are added. */
	private @Nullable List<String> known;

	/**
	 * Create the shared secrets.
	 * @param members the processes with their secrets
	 */
	SharedSecrets(List<ProcessSpec> members) {
		this.members = List.copyOf(members);
	}

	/** Add secrets that have been read from references. */
	synchronized void add(List<String> values) {
		if (this.resolved.addAll(values)) {
			this.known = null;
		}
	}

	/**
	 * Return the secrets that are known now.
	 * @return the secrets, the same list until more are added
	 */
	@Override
	public synchronized List<String> get() {
		List<String> all = this.known;
		if (all == null) {
			Set<String> values = new LinkedHashSet<>(this.resolved);
			this.members.forEach((member) -> values.addAll(member.knownSecrets()));
			all = List.copyOf(values);
			this.known = all;
		}
		return all;
	}

}
