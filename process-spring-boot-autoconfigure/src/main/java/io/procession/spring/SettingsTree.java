package io.procession.spring;

import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

/**
 * All properties that exist under {@code procession}, as one tree. Each feature
 * contributes the records that its properties are bound to, by listing them in
 * {@code META-INF/spring/io.procession.spring.SettingsTree.imports}. A feature that is
 * switched off, excluded or lacks a library is therefore still known. <i>Immutable.</i>
 */
final class SettingsTree {

	static final ConfigurationPropertyName ROOT = ConfigurationPropertyName.of("procession");

	private final Map<String, Setting> top = new TreeMap<>();

	/** Properties of switches, by the named settings that have no effect without them. */
	private final Map<String, String> switches = new LinkedHashMap<>();

	private SettingsTree() {
	}

	/**
	 * Load the records of all features.
	 * @param classLoader the class loader of the application
	 * @return the tree
	 */
	static SettingsTree load(@Nullable ClassLoader classLoader) {
		SettingsTree tree = new SettingsTree();
		for (String name : ImportCandidates.load(SettingsTree.class, classLoader)) {
			tree.add(ClassUtils.resolveClassName(name, classLoader));
		}
		return tree;
	}

	private void add(Class<?> type) {
		ConfigurationPropertyName prefix = ConfigurationPropertyName
			.of(MergedAnnotations.from(type).get(ConfigurationProperties.class).getString("prefix"));
		if (prefix.equals(ROOT)) {
			Map<String, Setting> parts = parts(type);
			parts.forEach(this::add);
			parts.forEach((name, setting) -> {
				if (setting instanceof Section section && section.parts().containsKey("enabled")) {
					parts.keySet()
						.stream()
						.filter((other) -> parts.get(other) instanceof Named)
						.forEach((other) -> this.switches.put(other, ROOT + "." + name + ".enabled"));
				}
			});
		}
		else {
			add(prefix.getLastElement(Form.DASHED), new Section(type, parts(type)));
		}
	}

	private void add(String name, Setting setting) {
		if (this.top.putIfAbsent(name, setting) != null) {
			throw new IllegalStateException("Two features have properties under '" + ROOT + "." + name + "'");
		}
	}

	/** Return the names directly under the root. */
	Set<String> names() {
		return this.top.keySet();
	}

	/**
	 * Return the named settings that have no effect, because a section with
	 * {@code enabled} in the same record switches their feature off.
	 * @param environment the environment with the switches
	 * @return the names directly under the root
	 */
	Set<String> off(Environment environment) {
		Set<String> off = new TreeSet<>();
		this.switches.forEach((name, property) -> {
			if (!Boolean.parseBoolean(environment.getProperty(property, "true"))) {
				off.add(name);
			}
		});
		return off;
	}

	/** Return the records of named settings, such as programs, by the name of the map. */
	Map<String, Class<?>> named() {
		Map<String, Class<?>> named = new LinkedHashMap<>();
		this.top.forEach((name, setting) -> {
			if (setting instanceof Named map && map.each() instanceof Section section) {
				named.put(name, section.type());
			}
		});
		return named;
	}

	/**
	 * Return what to write instead of an unknown property.
	 * @param name name of a property under the root
	 * @param isEmpty whether the property has an empty value
	 * @return the available properties, as a sentence without its period, or {@code null}
	 * if the property exists
	 */
	@Nullable String advice(ConfigurationPropertyName name, boolean isEmpty) {
		Setting setting = new Section(SettingsTree.class, this.top);
		for (int at = 1; at < name.getNumberOfElements(); at++) {
			Setting next = setting.find(name, at);
			if (next == null) {
				return setting.advice(name.chop(at));
			}
			setting = next;
		}
		// the conversion of a value to another section explains how it is written
		return (isSwitch(setting) && !isEmpty) ? setting.advice(name) : null;
	}

	/** Return whether a name is that of a section with properties below it. */
	boolean isSection(ConfigurationPropertyName name) {
		Setting setting = new Section(SettingsTree.class, this.top);
		for (int at = 1; at < name.getNumberOfElements() && setting != null; at++) {
			setting = setting.find(name, at);
		}
		return setting instanceof Section section && !isSwitch(section);
	}

	private static boolean isSwitch(@Nullable Setting setting) {
		return setting instanceof Section section && section.type() == Switch.class;
	}

	private static Map<String, Setting> parts(Class<?> type) {
		Map<String, Setting> parts = new TreeMap<>();
		for (RecordComponent component : type.getRecordComponents()) {
			parts.put(DataObjectPropertyName.toDashedForm(component.getName()),
					setting(ResolvableType.forType(component.getGenericType())));
		}
		return parts;
	}

	private static Setting setting(ResolvableType type) {
		Class<?> raw = type.toClass();
		if (Map.class.isAssignableFrom(raw)) {
			return new Named(setting(type.getGeneric(1)));
		}
		if (Collection.class.isAssignableFrom(raw)) {
			return new Elements(setting(type.getGeneric(0)));
		}
		// records of the core, such as TimeLimit, are values
		return (raw.isRecord() && raw.getPackageName().startsWith(SettingsTree.class.getPackageName()))
				? new Section(raw, parts(raw)) : new Value();
	}

	/** Node of the tree. */
	private sealed interface Setting {

		/** Return the child for the element of a name, if there is one. */
		@Nullable Setting find(ConfigurationPropertyName name, int at);

		/** Return what exists below this node. */
		String advice(ConfigurationPropertyName name);

	}

	/** Single value. */
	private record Value() implements Setting {

		@Override
		public @Nullable Setting find(ConfigurationPropertyName name, int at) {
			return null;
		}

		@Override
		public String advice(ConfigurationPropertyName name) {
			return "'" + name + "' is a single value without properties below it";
		}

	}

	/** Record with the nodes of its components by their names. */
	private record Section(Class<?> type, Map<String, Setting> parts) implements Setting {

		@Override
		public @Nullable Setting find(ConfigurationPropertyName name, int at) {
			String element = name.getElement(at, Form.UNIFORM);
			for (Map.Entry<String, Setting> part : this.parts.entrySet()) {
				if (part.getKey().replace("-", "").equals(element)) {
					return part.getValue();
				}
			}
			return null;
		}

		@Override
		public String advice(ConfigurationPropertyName name) {
			return ((this.parts.size() == 1) ? "The only known property under '" + name + "' is: "
					: "Known properties under '" + name + "' are: ") + String.join(", ", this.parts.keySet());
		}

	}

	/** Map whose names are chosen by the user. */
	private record Named(Setting each) implements Setting {

		@Override
		public Setting find(ConfigurationPropertyName name, int at) {
			// keys of a map of values may contain dots
			return (this.each instanceof Value) ? this : this.each;
		}

		@Override
		public String advice(ConfigurationPropertyName name) {
			return "'" + name + "' is a map";
		}

	}

	/** List. */
	private record Elements(Setting each) implements Setting {

		@Override
		public @Nullable Setting find(ConfigurationPropertyName name, int at) {
			return name.isNumericIndex(at) ? this.each : null;
		}

		@Override
		public String advice(ConfigurationPropertyName name) {
			return "'" + name + "' is a list";
		}

	}

}
