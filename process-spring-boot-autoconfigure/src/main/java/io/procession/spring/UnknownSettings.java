package io.procession.spring;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.context.properties.source.UnboundElementsSourceFilter;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.core.env.Environment;

/**
 * Refuses what is said in {@code procession.*} under a name that means nothing. Spring
 * would pass over it in silence, and processes that are to run as another user, or within
 * limits, would run without because of one wrong letter.
 */
final class UnknownSettings {

	static final Set<String> KNOWN = new TreeSet<>(Set.of("acquire-timeout", "control-group", "defaults", "enabled",
			"events", "guard", "lost-after", "max-concurrent", "max-line-length", "metrics", "programs", "security",
			"shutdown-grace", "supervision", "sweep-interval"));

	/** Those that can be switched on and off, and nothing else. */
	private static final Set<String> SWITCHES = Set.of("events", "guard", "metrics", "supervision");

	private static final ConfigurationPropertyName ROOT = ConfigurationPropertyName.of("procession");

	private static final String DEFAULTS = "procession.defaults";

	private final Environment environment;

	// as of all strict properties of Spring, environment variables are left alone
	private final Predicate<ConfigurationPropertySource> filter = new UnboundElementsSourceFilter()::apply;

	UnknownSettings(Environment environment) {
		this.environment = environment;
	}

	void refuse() {
		List<ConfigurationProperty> unknown = new ArrayList<>();
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(this.environment)) {
			if (this.filter.test(source) && source instanceof IterableConfigurationPropertySource names) {
				names.stream()
					.filter((name) -> ROOT.isAncestorOf(name) && !isKnown(name))
					.map(source::getConfigurationProperty)
					.forEach(unknown::add);
			}
		}
		if (!unknown.isEmpty()) {
			throw new UnknownSettingException(unknown, "In 'procession' there are " + String.join(", ", KNOWN));
		}
		refuseInDefaults();
	}

	private static boolean isKnown(ConfigurationPropertyName name) {
		String uniform = name.getElement(1, Form.UNIFORM);
		if (SWITCHES.contains(uniform)) {
			return name.getNumberOfElements() == 3 && name.getElement(2, Form.UNIFORM).equals("enabled");
		}
		return KNOWN.stream().anyMatch((known) -> known.replace("-", "").equals(uniform));
	}

	private void refuseInDefaults() {
		ApplicationConversionService conversion = new ApplicationConversionService();
		conversion.addConverter(new TimeLimitConverter());
		try {
			new Binder(ConfigurationPropertySources.get(this.environment),
					new PropertySourcesPlaceholdersResolver(this.environment), conversion)
				.bind(DEFAULTS, Bindable.of(ProcessProperties.Defaults.class),
						new NoUnboundElementsBindHandler(BindHandler.DEFAULT, new UnboundElementsSourceFilter()));
		}
		catch (BindException ex) {
			if (ex.getCause() instanceof UnboundConfigurationPropertiesException unbound) {
				throw new UnknownSettingException(unbound.getUnboundProperties(),
						"The README lists those of '" + DEFAULTS + "', and so does an editor that knows Spring");
			}
			// its values have been bound before: they are not this one's business
		}
	}

}
