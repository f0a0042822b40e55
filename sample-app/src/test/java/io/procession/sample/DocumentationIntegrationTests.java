package io.procession.sample;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.BoundConfigurationProperties;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import tools.jackson.databind.json.JsonMapper;

import io.procession.spring.supervision.SupervisionProperties.ProgramProperties;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Verifies the documentation: its Java is part of a class that is compiled and run, its
 * YAML can be bound, and its links resolve.
 */
@Timeout(120)
class DocumentationIntegrationTests {

	private static final Path ROOT = root();

	private static final Pattern BLOCK = Pattern.compile("(?m)(?:^<!-- (.+) -->\\R)?^```(\\w*)\\R((?s).*?)^```$");

	private static final Pattern EXAMPLE = Pattern.compile("example: (.+)#(.+)");

	private static final Pattern LINK = Pattern.compile("]\\((?!\\w+:)([^)#]*)(?:#([^)]*))?\\)");

	private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.+)$");

	private static final Pattern WORD = Pattern.compile("\\b[A-Za-z_]\\w*\\b");

	private static final Pattern IMPORT = Pattern.compile("(?m)^import (?:static )?[\\w.]+\\.(\\w+);$");

	private static final Pattern PACKAGE = Pattern.compile("(?m)^package ([\\w.]+);");

	// as in texts and strings; packages and files are none
	private static final Pattern NAME = Pattern
		.compile("(?<![\\w./-])procession\\.[a-z][a-z-]*(?:\\.(?:[a-z][a-z-]*|<name>|\\*(?!/)))*(?![\\w/])");

	private static final Pattern PROGRAM = Pattern.compile("procession\\.programs\\.(?:<name>|[a-z-]+)(?:\\.(.+))");

	@ParameterizedTest
	@MethodSource("documents")
	void showsJavaThatIsRun(Path document) throws IOException {
		// a reader begins with the first
		boolean isFirst = true;
		for (Block block : blocks(document, "java")) {
			Matcher example = EXAMPLE.matcher(block.marker());
			assertThat(example.matches()).as("marker <!-- example: file#region --> right above%n%s", block.text())
				.isTrue();
			Path source = ROOT.resolve(example.group(1));
			assertThat(source).as("runs with the tests, or is part of the sample")
				.matches((path) -> path.toString().endsWith("Tests.java")
						|| path.startsWith(ROOT.resolve("sample-app")));
			String code = region(source, example.group(2));
			assertThat(block.text()).as(block.marker()).isEqualTo(isFirst ? imports(source, code) + code : code);
			isFirst = false;
		}
	}

	@ParameterizedTest
	@MethodSource("documents")
	void showsYamlThatBinds(Path document) throws IOException {
		for (Block block : blocks(document, "yaml")) {
			assertThat(block.marker()).as("marker right above%n%s", block.text()).isEqualTo("yaml: bound");
			assertThat(unboundKeys(block.text())).as(block.text()).isEmpty();
		}
	}

	@ParameterizedTest
	@MethodSource("documents")
	void linksToExistingFilesAndHeadings(Path document) throws IOException {
		for (MatchResult link : LINK.matcher(Files.readString(document)).results().toList()) {
			Path target = link.group(1).isEmpty() ? document : document.resolveSibling(link.group(1));
			assertThat(target).exists();
			if (link.group(2) != null) {
				assertThat(anchors(target)).as("anchors of %s", target).contains(link.group(2));
			}
		}
	}

	@Test
	void settingsPageMatchesConfigurationMetadata() throws IOException {
		Path page = Path.of("docs", "settings.md");
		Path rendered = Path.of("sample-app", "target", "settings.md");

		Files.writeString(ROOT.resolve(rendered), SettingsPage.render(ROOT));

		assertThat(ROOT.resolve(page)).as("to update the page, run: cp %s %s", rendered, page)
			.hasSameTextualContentAs(ROOT.resolve(rendered));
	}

	@ParameterizedTest
	@MethodSource("namesOfSettings")
	void namesSettingsThatThereAre(String name) throws IOException {
		assertThat(isSetting(name)).as(name).isTrue();
	}

	@Test
	void noticesSettingThatThereIsNot() throws IOException {
		assertThat(isSetting("procession.pipefail")).isFalse();
		assertThat(isSetting("procession.programs.<name>.leave-behnd")).isFalse();
		assertThat(isSetting("procession.programs.<name>.run-as.user")).isTrue();
		assertThat(isSetting("procession.security.*")).isTrue();
	}

	@Test
	void noticesWhatIsNotBound() {
		assertThatException().isThrownBy(() -> unboundKeys("""
				procession:
				  defaults: { timeout: 5s, time-out-of-mind: 6s }
				  # belongs to somebody else
				server: { porte: 1 }
				""")).withMessage("Unknown configuration property 'procession.defaults.time-out-of-mind'");
	}

	/** Those that documents and messages name. */
	static Stream<String> namesOfSettings() throws IOException {
		List<Path> texts = new ArrayList<>(documents().toList());
		try (Stream<Path> modules = Files.list(ROOT)) {
			for (Path sources : modules.map((module) -> module.resolve("src/main/java")).toList()) {
				if (Files.isDirectory(sources)) {
					try (Stream<Path> files = Files.walk(sources)) {
						files.filter((file) -> file.toString().endsWith(".java")).forEach(texts::add);
					}
				}
			}
		}
		Set<String> names = new TreeSet<>();
		for (Path text : texts) {
			NAME.matcher(Files.readString(text)).results().map(MatchResult::group).forEach(names::add);
		}
		// what is measured
		names.removeIf((name) -> name.startsWith("procession.execution"));
		assertThat(names).isNotEmpty();
		return names.stream();
	}

	/** Return whether there is a property or a section of that name. */
	private static boolean isSetting(String name) throws IOException {
		String exact = name.endsWith(".*") ? name.substring(0, name.length() - 2) : name;
		Matcher program = PROGRAM.matcher(exact);
		if (program.matches()) {
			return isPart(ProgramProperties.class, List.of(program.group(1).split("\\.")));
		}
		return exact.equals("procession.programs")
				|| settings().stream().anyMatch((setting) -> setting.equals(exact) || setting.startsWith(exact + "."));
	}

	private static boolean isPart(Class<?> section, List<String> path) {
		if (path.isEmpty()) {
			return true;
		}
		return section == Map.class || (section.isRecord() && Stream.of(section.getRecordComponents())
			.filter((part) -> DataObjectPropertyName.toDashedForm(part.getName()).equals(path.get(0)))
			.anyMatch((part) -> isPart(part.getType(), path.subList(1, path.size()))));
	}

	static Stream<Path> documents() throws IOException {
		List<Path> documents = new ArrayList<>(List.of(ROOT.resolve("README.md"), ROOT.resolve("CONTRIBUTING.md"),
				ROOT.resolve("SECURITY.md"), ROOT.resolve("sample-app/README.md")));
		if (Files.isDirectory(ROOT.resolve("docs"))) {
			try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
				docs.filter((file) -> file.toString().endsWith(".md")).sorted().forEach(documents::add);
			}
		}
		return documents.stream();
	}

	/** Anchors that GitHub generates for the headings of a document. */
	private static List<String> anchors(Path document) throws IOException {
		return HEADING.matcher(Files.readString(document))
			.results()
			.map((heading) -> heading.group(1).toLowerCase(Locale.ROOT).replaceAll("[^\\w -]", "").replace(' ', '-'))
			.toList();
	}

	private static Path root() {
		Path directory = Path.of("").toAbsolutePath();
		return Files.isDirectory(directory.resolve("sample-app")) ? directory : directory.getParent();
	}

	private static List<Block> blocks(Path document, String language) throws IOException {
		String text = Files.readString(document);
		List<Block> blocks = BLOCK.matcher(text)
			.results()
			.filter((block) -> block.group(2).equals(language))
			.map(Block::of)
			.toList();
		assertThat(text.split("```" + language, -1)).as("each block of %s starts at the left margin", language)
			.hasSize(blocks.size() + 1);
		return blocks;
	}

	private static String region(Path source, String name) throws IOException {
		Matcher region = Pattern.compile("(?m)^\\s*// region " + Pattern.quote(name) + "\\R((?s).*?)^\\s*// endregion$")
			.matcher(Files.readString(source));
		assertThat(region.find()).as("region %s in %s", name, source).isTrue();
		return normalized(region.group(1));
	}

	/** What a region needs of the imports of its source, and of the package of that. */
	private static String imports(Path source, String code) throws IOException {
		String text = Files.readString(source);
		Set<String> words = WORD.matcher(code.replaceAll("\"[^\"\\n]*\"", ""))
			.results()
			.map(MatchResult::group)
			.collect(Collectors.toCollection(TreeSet::new));
		if (words.contains("processes") && !code.contains(" processes = ")) {
			words.add("ProcessManager");
		}
		Set<String> imports = new TreeSet<>();
		IMPORT.matcher(text)
			.results()
			.filter((line) -> words.contains(line.group(1)))
			.map(MatchResult::group)
			.forEach(imports::add);
		Matcher own = PACKAGE.matcher(text);
		assertThat(own.find()).as("package of %s", source).isTrue();
		Path main = Path.of(source.getParent().toString().replace("/src/test/", "/src/main/"));
		words.stream()
			.filter((word) -> !main.equals(source.getParent()) && Files.exists(main.resolve(word + ".java")))
			.forEach((word) -> imports.add("import " + own.group(1) + "." + word + ";"));
		StringBuilder lines = new StringBuilder();
		for (String group : List.of("import java", "import (?!java|static|io\\.procession)", "import io\\.procession",
				"import static")) {
			List<String> found = imports.stream()
				.filter((line) -> Pattern.compile(group).matcher(line).lookingAt())
				.toList();
			if (!found.isEmpty()) {
				lines.append(String.join("\n", found)).append("\n\n");
			}
		}
		return lines.toString();
	}

	private static String normalized(String code) {
		// without its last line end, which would count as a line without indentation
		return code.replace("\t", "    ").stripTrailing().stripIndent();
	}

	private static List<String> unboundKeys(String yaml) throws IOException {
		Map<String, Object> settings = new TreeMap<>();
		Resource resource = new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8));
		for (PropertySource<?> source : new YamlPropertySourceLoader().load("example", resource)) {
			for (String name : ((EnumerablePropertySource<?>) source).getPropertyNames()) {
				settings.put(name, String.valueOf(source.getProperty(name)));
			}
		}
		List<String> keys = settings.keySet().stream().filter((key) -> key.startsWith("procession.")).toList();
		// the program of an example need not exist on this machine
		for (String key : keys) {
			String[] parts = key.split("\\.", -1);
			if (parts[1].equals("programs")) {
				settings.put("procession.programs." + parts[2] + ".autostart", "false");
			}
		}
		settings.put("spring.config.location", "optional:classpath:/none/");
		String[] args = settings.entrySet()
			.stream()
			.map((e) -> "--" + e.getKey() + "=" + e.getValue())
			.toArray(String[]::new);
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Empty.class)
			.web(WebApplicationType.NONE)
			.run(args)) {
			Map<ConfigurationPropertyName, ?> bound = BoundConfigurationProperties.get(context).getAll();
			return keys.stream()
				.filter((key) -> !bound.containsKey(ConfigurationPropertyName.adapt(key, '.')))
				.toList();
		}
	}

	private static Set<String> settings() throws IOException {
		Set<String> settings = new TreeSet<>();
		Resource[] files = new PathMatchingResourcePatternResolver()
			.getResources("classpath*:META-INF/spring-configuration-metadata.json");
		for (Resource file : files) {
			JsonMapper.shared().readTree(file.getContentAsByteArray()).path("properties").forEach((property) -> {
				String name = property.path("name").asString();
				boolean isMap = property.path("type").asString().startsWith("java.util.Map");
				if (name.startsWith("procession.") && !isMap) {
					settings.add(name);
				}
			});
		}
		assertThat(settings).isNotEmpty();
		return settings;
	}

	/**
	 * A block of code in a document.
	 *
	 * @param marker what the comment right above it says
	 * @param text the code
	 */
	private record Block(String marker, String text) {

		static Block of(MatchResult match) {
			return new Block(String.valueOf(match.group(1)), normalized(match.group(3)));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Empty {

	}

}
