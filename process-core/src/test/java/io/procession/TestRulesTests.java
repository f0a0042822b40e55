package io.procession;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import com.tngtech.archunit.core.importer.ImportOption.OnlyIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Timeout;

import io.procession.testing.Pace;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

@AnalyzeClasses(packages = "io.procession", importOptions = OnlyIncludeTests.class)
class TestRulesTests {

	@ArchTest
	static final ArchRule testsDoNotSleep = noClasses().that()
		.doNotHaveFullyQualifiedName(Pace.class.getName())
		.should()
		.callMethod(Thread.class, "sleep", long.class)
		.orShould()
		.callMethod(Thread.class, "sleep", long.class, int.class)
		.orShould()
		.callMethod(TimeUnit.class, "sleep", long.class)
		.orShould()
		.callMethod(LockSupport.class, "parkNanos", long.class)
		.orShould()
		.callMethod(LockSupport.class, "parkNanos", Object.class, long.class)
		.orShould()
		.callMethod(LockSupport.class, "parkUntil", long.class)
		.orShould()
		.callMethod(LockSupport.class, "parkUntil", Object.class, long.class);

	@ArchTest
	static final ArchRule integrationTestsAreBounded = classes().that()
		.haveSimpleNameEndingWith("IntegrationTests")
		.should()
		.beAnnotatedWith(Timeout.class)
		.orShould()
		.beMetaAnnotatedWith(Timeout.class);

}
