package io.procession.engine.local;

import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

import io.procession.engine.EnvironmentPlan;

/**
 * Complete environment of a child process: that of its launch, with the variables of the
 * user that runs it, and the marker by which its descendants are found. Holds secrets in
 * clear text and is never shown. <i>Immutable.</i>
 *
 * @param plan environment of the launch
 * @param late variables that {@code env(1)} sets at the end of the chain, and that the
 * tools of the chain must not see
 * @param ofUser values of the variables that depend on the user, empty for those that are
 * not set; used unless the launch decides on them
 * @param marker name and value of the marker, empty for a detached process
 */
record ChildEnvironment(EnvironmentPlan plan, Map<String, String> late, Map<String, Optional<String>> ofUser,
		Map<String, String> marker) {

	/**
	 * Apply the changes to an environment: that of the JVM if it is
	 * {@linkplain EnvironmentPlan#inheritsAll inherited}, or an empty one.
	 * @param set action that sets a variable
	 * @param remove action that removes a variable
	 */
	void apply(BiConsumer<String, String> set, Consumer<String> remove) {
		this.plan.unset().forEach(remove);
		this.plan.assigned().forEach(set);
		this.late.keySet().forEach(remove);
		this.ofUser.forEach((name, value) -> {
			if (!this.plan.decides(name)) {
				value.ifPresentOrElse((present) -> set.accept(name, present), () -> remove.accept(name));
			}
		});
		this.marker.forEach(set);
	}

	@Override
	public String toString() {
		return "ChildEnvironment[" + this.plan + "]";
	}

}
