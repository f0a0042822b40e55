package io.procession.spring;

import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.context.properties.bind.BindableRuntimeHintsRegistrar;
import org.springframework.util.ClassUtils;

import io.procession.event.ProcessEvent;
import io.procession.process.ExitCause;
import io.procession.process.ProcessStartException;
import io.procession.supervision.ProgramEvent;
import io.procession.supervision.ProgramState;

/**
 * Runtime hints for native images: the components of events are read by expressions, such
 * as in {@code @EventListener(condition = "#event.name == 'backup'")}. Spring Boot itself
 * registers bound records and the return types of endpoints. The check for unknown
 * properties reads the records of all features.
 */
final class ProcessRuntimeHints implements RuntimeHintsRegistrar {

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		registerEvents(hints, ProcessEvent.class);
		registerEvents(hints, ProgramEvent.class);
		hints.resources().registerPattern("META-INF/spring/" + SettingsTree.class.getName() + ".imports");
		for (String settings : ImportCandidates.load(SettingsTree.class, classLoader)) {
			BindableRuntimeHintsRegistrar.forTypes(ClassUtils.resolveClassName(settings, classLoader))
				.registerHints(hints);
		}
		hints.reflection().registerType(ExitCause.class, MemberCategory.INVOKE_PUBLIC_METHODS);
		hints.reflection().registerType(ProcessStartException.Reason.class, MemberCategory.INVOKE_PUBLIC_METHODS);
		hints.reflection().registerType(ProgramState.class, MemberCategory.INVOKE_PUBLIC_METHODS);
	}

	private static void registerEvents(RuntimeHints hints, Class<?> sealed) {
		for (Class<?> event : sealed.getPermittedSubclasses()) {
			hints.reflection().registerType(event, MemberCategory.INVOKE_PUBLIC_METHODS);
		}
	}

}
