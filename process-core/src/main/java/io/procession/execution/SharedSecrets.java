package io.procession.execution;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.procession.process.ProcessSpec;

/**
 * The secrets of processes that belong together, such as the stages of a pipeline: one
 * may show what was passed to another. <i>Thread-safe.</i>
 */
final class SharedSecrets implements Supplier<List<String>> {

	private final List<ProcessSpec> members;

	/** Values that were read from their references. */
	private final Set<String> resolved = new LinkedHashSet<>();

	/** Made when it is first asked for, and again when there are more. */
	private @Nullable List<String> known;

	/**
	 * New secrets.
	 * @param members the processes that have them
	 */
	SharedSecrets(List<ProcessSpec> members) {
		this.members = List.copyOf(members);
	}

	/** Add secrets that have been read from their references. */
	synchronized void add(List<String> values) {
		if (this.resolved.addAll(values)) {
			this.known = null;
		}
	}

	/**
	 * Return the secrets that are known by now.
	 * @return the same list until there are more
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
