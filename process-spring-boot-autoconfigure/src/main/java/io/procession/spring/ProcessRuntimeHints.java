package io.procession.spring;

import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;

import io.procession.event.ProcessEvent;

/**
 * What a native image cannot see: the components of events are read by expressions, as in
 * {@code @EventListener(condition = "#event.name == 'backup'")}. Bound records and what
 * endpoints answer are seen by Spring Boot itself.
 */
final class ProcessRuntimeHints implements RuntimeHintsRegistrar {

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		for (Class<?> event : ProcessEvent.class.getPermittedSubclasses()) {
			hints.reflection().registerType(event, MemberCategory.INVOKE_PUBLIC_METHODS);
		}
	}

}
