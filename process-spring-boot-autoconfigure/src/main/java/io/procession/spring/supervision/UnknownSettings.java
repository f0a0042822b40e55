package io.procession.spring.supervision;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.UnboundElementsSourceFilter;
import org.springframework.core.env.Environment;

import io.procession.spring.supervision.SupervisionProperties.ProgramProperties;

/**
 * Refuses what is said of a program under a name that means nothing. Spring would pass
 * over it in silence, and a program that is to run as another user would run as root
 * because of one wrong letter.
 */
final class UnknownSettings {

	private static final String PROGRAMS = "procession.programs";

	static final List<String> KNOWN = List.of("command", "directory", "environment", "autostart", "restart",
			"stop-signal", "stop-grace", "run-as", "limits", "priority", "cpu-affinity", "oom-score-adjustment",
			"umask", "no-new-privileges");

	private UnknownSettings() {
	}

	static void refuse(Environment environment) {
		try {
			// as of all strict properties, environment variables are left alone
			Binder.get(environment)
				.bind(PROGRAMS, Bindable.mapOf(String.class, ProgramProperties.class),
						new NoUnboundElementsBindHandler(BindHandler.DEFAULT, new UnboundElementsSourceFilter()));
		}
		catch (BindException ex) {
			if (ex.getCause() instanceof UnboundConfigurationPropertiesException unbound) {
				throw refused(unbound);
			}
			throw ex;
		}
	}

	private static ProgramConfigurationException refused(UnboundConfigurationPropertiesException unbound) {
		List<ConfigurationPropertyName> names = new ArrayList<>(
				unbound.getUnboundProperties().stream().map(ConfigurationProperty::getName).toList());
		names.sort(Comparator.naturalOrder());
		String first = names.get(0).toString();
		return new ProgramConfigurationException(first, "there is no such setting",
				"Correct its name, or remove it. A program has the settings " + String.join(", ", KNOWN)
						+ ((names.size() > 1) ? ". The same goes for " + names.subList(1, names.size()) : "") + ".");
	}

}
