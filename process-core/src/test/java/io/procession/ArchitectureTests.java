package io.procession;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import org.jspecify.annotations.NullMarked;

import io.procession.execution.PendingProcess;
import io.procession.execution.Pipeline;
import io.procession.execution.ProcessLauncher;
import io.procession.isolation.Isolation;
import io.procession.isolation.Priority;
import io.procession.isolation.ResourceLimits;
import io.procession.isolation.RunAs;
import io.procession.isolation.TreeLimits;
import io.procession.lang.CheckReturnValue;
import io.procession.process.Command;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.theClass;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

@AnalyzeClasses(packages = "io.procession", importOptions = DoNotIncludeTests.class)
class ArchitectureTests {

	/** The direct lower layers of each layer; their own lower layers are included. */
	private static final Map<String, List<String>> BENEATH = Map.ofEntries(Map.entry("stats", List.of()),
			Map.entry("lang", List.of()), Map.entry("security", List.of()), Map.entry("isolation", List.of("lang")),
			Map.entry("concurrent", List.of()), Map.entry("backoff", List.of()),
			Map.entry("process", List.of("stats", "isolation", "security", "backoff")),
			Map.entry("event", List.of("process")), Map.entry("engine", List.of("event", "concurrent")),
			Map.entry("engine.local", List.of("engine")), Map.entry("execution.output", List.of("engine")),
			Map.entry("execution", List.of("execution.output")), Map.entry("log", List.of("execution")),
			Map.entry("monitor", List.of("execution")), Map.entry("history", List.of("execution")),
			Map.entry("pool", List.of("execution")), Map.entry("queue", List.of("execution")),
			Map.entry("supervision", List.of("log", "monitor")));

	private static final String[] ENGINES_OF_OTHERS = { "org.zeroturnaround..", "oshi..", "com.pty4j.." };

	@ArchTest
	static final ArchRule packagesFormNoCycles = slices().matching("(io.procession..)").should().beFreeOfCycles();

	@ArchTest
	static final ArchRule onlyTheAdapterKnowsZtExec = noClasses().that()
		.haveNameNotMatching("io\\.procession\\.engine\\.local\\.PipedExecutor(\\$.*)?")
		.should()
		.dependOnClassesThat()
		.resideInAPackage("org.zeroturnaround..");

	@ArchTest
	static final ArchRule onlyTheAdapterStartsProcesses = noClasses().that()
		.resideOutsideOfPackage("io.procession.engine.local..")
		.should()
		.dependOnClassesThat()
		.areAssignableTo(ProcessBuilder.class)
		.orShould()
		.callMethodWhere(DescribedPredicate.describe("the target is Runtime.exec",
				(call) -> call.getTarget().getOwner().isEquivalentTo(Runtime.class)
						&& call.getTarget().getName().equals("exec")));

	// so that another spawner needs no copy of checks, isolation, trees and the guard
	@ArchTest
	static final ArchRule onlyTheSpawnerKnowsHowProcessesAreStarted = noClasses().that()
		.haveSimpleNameNotStartingWith("Jdk")
		.should()
		.dependOnClassesThat()
		.haveSimpleName("PipedExecutor")
		.orShould()
		.dependOnClassesThat()
		.haveSimpleName("JdkProcess");

	// a component more is a reason to nest some of them
	@ArchTest
	static final ArchRule recordsAreNotTooLong = classes().that()
		.areRecords()
		.should(new ArchCondition<>("have at most 17 components") {

			@Override
			public void check(JavaClass type, ConditionEvents events) {
				int components = type.reflect().getRecordComponents().length;
				if (components > 17) {
					events.add(SimpleConditionEvent.violated(type, type.getName() + " has " + components));
				}
			}

		});

	@ArchTest
	static final ArchRule coreIsFreeOfSpring = noClasses().should()
		.dependOnClassesThat()
		.resideInAnyPackage("org.springframework..");

	@ArchTest
	static final ArchRule usersMeetNoEngineOfOthers = noMethods().that()
		.arePublic()
		.or()
		.areProtected()
		.should()
		.haveRawReturnType(resideInAnyPackage(ENGINES_OF_OTHERS))
		.orShould()
		.haveRawParameterTypes(DescribedPredicate.describe("one of an engine of others",
				(types) -> types.stream().anyMatch((type) -> resideInAnyPackage(ENGINES_OF_OTHERS).test(type))))
		.allowEmptyShould(true);

	// features get the launcher by launcher()
	@ArchTest
	static final ArchRule usersMeetNoMethodsForFeatures = theClass(ProcessManager.class).should()
		.notBeAssignableTo(ProcessLauncher.class);

	@ArchTest
	static final ArchRule everyPackageIsNullMarked = classes()
		.should(new ArchCondition<>("be in a null-marked package") {

			@Override
			public void check(JavaClass type, ConditionEvents events) {
				if (!type.getPackage().isAnnotatedWith(NullMarked.class)) {
					events.add(SimpleConditionEvent.violated(type, type.getPackageName() + " is not @NullMarked"));
				}
			}

		});

	@ArchTest
	static final ArchRule copiesOfImmutableTypesMustNotBeIgnored = classes().that()
		.belongToAnyOf(PendingProcess.class, Pipeline.class, Command.class, Isolation.class, ResourceLimits.class,
				TreeLimits.class, Priority.class, RunAs.class)
		.and()
		.areTopLevelClasses()
		.should()
		.beAnnotatedWith(CheckReturnValue.class);

	@ArchTest
	static void layersDependOnlyOnLowerLayers(JavaClasses classes) {
		BENEATH.keySet().forEach((storey) -> {
			List<String> allowed = new ArrayList<>();
			addWithAllBeneath(storey, allowed);
			classes().that()
				.resideInAPackage("io.procession." + storey)
				.should()
				.onlyDependOnClassesThat(resideOutsideOfPackage("io.procession..")
					.or(resideInAnyPackage(allowed.toArray(String[]::new))))
				.allowEmptyShould(true)
				.check(classes);
		});
	}

	private static void addWithAllBeneath(String storey, List<String> allowed) {
		allowed.add("io.procession." + storey);
		BENEATH.get(storey).forEach((beneath) -> addWithAllBeneath(beneath, allowed));
	}

	@ArchTest
	static final ArchRule everyStoreyIsKnown = classes().should()
		.resideInAnyPackage(BENEATH.keySet().stream().map("io.procession."::concat).toArray(String[]::new))
		.orShould()
		.resideInAPackage("io.procession");

}
