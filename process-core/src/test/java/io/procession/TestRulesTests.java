package io.procession;

import com.tngtech.archunit.core.importer.ImportOption.OnlyIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Timeout;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

@AnalyzeClasses(packages = "io.procession", importOptions = OnlyIncludeTests.class)
class TestRulesTests {

	@ArchTest
	static final ArchRule testsDoNotSleep = noClasses().should().callMethod(Thread.class, "sleep", long.class);

	@ArchTest
	static final ArchRule integrationTestsAreBounded = classes().that()
		.haveSimpleNameEndingWith("IntegrationTests")
		.should()
		.beAnnotatedWith(Timeout.class)
		.orShould()
		.beMetaAnnotatedWith(Timeout.class);

}
