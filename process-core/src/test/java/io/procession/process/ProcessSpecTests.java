package io.procession.process;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.UnaryOperator;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

class ProcessSpecTests {

	private static final Command COMMAND = Command.of("/usr/bin/pg_dump", "shop");

	@Test
	void setsNothingBeyondCommand() {
		ProcessSpec spec = ProcessSpec.of(COMMAND);

		assertThat(spec.command()).isEqualTo(COMMAND);
		assertThat(spec.name()).isNull();
		assertThat(spec.displayName()).isEqualTo("pg_dump");
		assertThat(spec.tags()).isEmpty();
		assertThat(spec.directory()).isNull();
		assertThat(spec.environment()).isEqualTo(Environment.unchanged());
		assertThat(spec.timeout()).isNull();
		assertThat(spec.idleTimeout()).isNull();
		assertThat(spec.input()).isNull();
		assertThat(spec.output()).isEqualTo(OutputOptions.DEFAULT);
		assertThat(spec.successExitCodes()).containsExactly(0);
		assertThat(spec.stopSignal()).isNull();
		assertThat(spec.stopGrace()).isNull();
		assertThat(spec.drain()).isNull();
		assertThat(spec.detached()).isFalse();
	}

	@Test
	void hasValuesOfBuilder() {
		ProcessSpec spec = full();

		assertThat(spec.displayName()).isEqualTo("backup");
		assertThat(spec.tags()).containsExactly("nightly", "db");
		assertThat(spec.directory()).isEqualTo(Path.of("/srv"));
		assertThat(spec.environment().variables()).isEqualTo(Map.of("A", "1", "B", "2"));
		assertThat(spec.environment().secrets()).containsOnlyKeys("S");
		assertThat(spec.environment().unset()).containsExactly("U");
		assertThat(spec.environment().inherit()).isFalse();
		assertThat(spec.timeout()).isEqualTo(TimeLimit.of(Duration.ofSeconds(5)));
		assertThat(spec.idleTimeout()).isEqualTo(TimeLimit.of(Duration.ofSeconds(1)));
		assertThat(spec.input()).isEqualTo(ProcessInput.of("planted-input"));
		assertThat(spec.output().capture()).isFalse();
		assertThat(spec.output().mergeError()).isTrue();
		assertThat(spec.output().outputTo()).isEqualTo(new OutputFile(Path.of("out"), true));
		assertThat(spec.output().charset()).isEqualTo(StandardCharsets.UTF_16);
		assertThat(spec.output().limit()).isEqualTo(100);
		assertThat(spec.output().keepLast()).isEqualTo(10);
		assertThat(spec.successExitCodes()).containsExactly(0, 2);
		assertThat(spec.stopSignal()).isEqualTo(Signal.INT);
		assertThat(spec.stopGrace()).isEqualTo(Duration.ZERO);
		assertThat(spec.drain()).isEqualTo(Duration.ofMillis(1));
		assertThat(spec.detached()).isTrue();
	}

	private static ProcessSpec full() {
		return ProcessSpec.builder(COMMAND.withArgument(Secret.of("planted-argument")))
			.name("backup")
			.tag("nightly")
			.tag("db")
			.directory(Path.of("/srv"))
			.env("A", "1")
			.env(Map.of("B", "2"))
			.secretEnv("S", Secret.of("planted-secret"))
			.unsetEnv("U")
			.inheritEnv(false)
			.timeout(Duration.ofSeconds(5))
			.idleTimeout(Duration.ofSeconds(1))
			.input(ProcessInput.of("planted-input"))
			.quietly()
			.mergeErrorOutput()
			.appendOutputTo(Path.of("out"))
			.charset(StandardCharsets.UTF_16)
			.outputLimit(100)
			.keepLast(10)
			.successExitCodes(2, 0)
			.stopSignal(Signal.INT)
			.stopGrace(Duration.ZERO)
			.drain(Duration.ofMillis(1))
			.detached()
			.build();
	}

	@Test
	void isEqualAfterRoundTripThroughBuilder() {
		assertThat(full().toBuilder().build()).isEqualTo(full()).hasSameHashCodeAs(full());
	}

	@Test
	void isNotChangedByItsBuilder() {
		ProcessSpec spec = ProcessSpec.of(COMMAND);

		ProcessSpec changed = spec.toBuilder().name("other").tag("t").env("A", "1").quietly().build();

		assertThat(spec).isEqualTo(ProcessSpec.of(COMMAND)).isNotEqualTo(changed);
	}

	@Test
	void distinguishesUnsetNoneAndValue() {
		assertThat(ProcessSpec.of(COMMAND).timeout()).isNull();
		assertThat(ProcessSpec.builder(COMMAND).noTimeout().build().timeout()).isEqualTo(TimeLimit.none());
		assertThat(ProcessSpec.builder(COMMAND).noTimeout().timeout(Duration.ofSeconds(1)).build().timeout())
			.isEqualTo(TimeLimit.of(Duration.ofSeconds(1)));
		assertThat(ProcessSpec.builder(COMMAND).input(ProcessInput.none()).build().input())
			.isEqualTo(ProcessInput.none());
	}

	@Test
	void showsNoSecretsValuesOrInput() {
		ProcessSpec spec = full().toBuilder().env("PLAIN", "planted-value").build();

		assertThat(spec.toString()).contains("***", "pg_dump", "PLAIN").doesNotContain("planted");
	}

	@Test
	void showsNoSecretsInNamesAndPaths() {
		ProcessSpec spec = ProcessSpec
			.builder(Command.of("/opt/planted/tool", "--token", "planted2").withArgument(Secret.of("planted")))
			.name("job-planted-planted2-planted3-planted4")
			.tag("of-planted")
			.directory(Path.of("/srv/planted3"))
			.input(ProcessInput.of(Path.of("/in/planted2")))
			.outputTo(Path.of("/out/planted4"))
			.errorOutputTo(Path.of("/err/password=planted5"))
			.secretEnv("X", Secret.of("planted3"))
			.env("DB_PASSWORD", "planted4")
			.build();

		assertThat(spec.displayName()).isEqualTo("job-***-***-***-***");
		assertThat(spec.toString()).contains("tags=[of-***]", "directory=/srv/***", "/in/***", "/out/***", "/err/")
			.doesNotContain("planted");
		assertThat(spec.shown(spec.command().program())).isEqualTo("/opt/***/tool");
		assertThat(ProcessResult.builder(spec).build())
			.hasToString("ProcessResult[job-***-***-***-*** pid=0 exitCode=0 cause=EXITED duration=PT0S]");
	}

	@Test
	void isShownOnOneLine() {
		ProcessSpec spec = ProcessSpec.builder(Command.of("x\ny"))
			.tag("a\nb")
			.directory(Path.of("/a\u001bb"))
			.env("A\nB", "x")
			.build();

		assertThat(spec.displayName()).isEqualTo("x\\ny");
		assertThat(spec.toBuilder().name("a\nb").build().displayName()).isEqualTo("a\\nb");
		assertThat(spec.toString()).doesNotContain("\n", "\u001b").contains("A\\nB", "a\\nb", "/a\\u001bb");
	}

	@ParameterizedTest
	@ValueSource(ints = { -1, 256, 1000 })
	void refusesInvalidExitCodes(int code) {
		refuses((builder) -> builder.successExitCodes(0, code), Integer.toString(code));
	}

	private static void refuses(UnaryOperator<ProcessSpec.Builder> change, String culprit) {
		ProcessSpec.Builder builder = ProcessSpec.builder(COMMAND);
		assertThatIllegalArgumentException().isThrownBy(() -> change.apply(builder).build())
			.withMessageContaining(culprit);
	}

	@ParameterizedTest
	@ValueSource(strings = { "STOP", "TSTP", "TTIN", "TTOU", "CONT" })
	void refusesStopSignalThatDoesNotEndProcess(Signal signal) {
		refuses((builder) -> builder.stopSignal(signal), signal.name());
	}

	@Test
	void refusesInvalidNumbers() {
		refuses((builder) -> builder.timeout(Duration.ZERO), "PT0S");
		refuses((builder) -> builder.timeout(Duration.ofSeconds(-1)), "PT-1S");
		refuses((builder) -> builder.idleTimeout(Duration.ZERO), "PT0S");
		refuses((builder) -> builder.idleTimeout(Duration.ofSeconds(-1)), "PT-1S");
		refuses((builder) -> builder.stopGrace(Duration.ofSeconds(-1)), "stopGrace");
		refuses((builder) -> builder.drain(Duration.ofSeconds(-1)), "drain");
		refuses((builder) -> builder.outputLimit(-1), "outputLimit");
		refuses((builder) -> builder.keepLast(-1), "keepLast");
		refuses(ProcessSpec.Builder::successExitCodes, "successExitCodes");
		refuses((builder) -> builder.name(" "), "name");
	}

	@Test
	void refusesNullDurations() {
		ProcessSpec.Builder builder = ProcessSpec.builder(COMMAND);

		assertThatNullPointerException().isThrownBy(() -> builder.timeout(null)).withMessageContaining("noTimeout()");
		assertThatNullPointerException().isThrownBy(() -> builder.idleTimeout(null));
		assertThatNullPointerException().isThrownBy(() -> builder.stopGrace(null)).withMessage("stopGrace");
		assertThatNullPointerException().isThrownBy(() -> builder.drain(null)).withMessage("drain");
	}

	@Test
	void refusesMergedErrorOutputWithErrorFile() {
		refuses((builder) -> builder.mergeErrorOutput().errorOutputTo(Path.of("error.log")), "error.log");
		refuses((builder) -> builder.errorOutputTo(Path.of("error.log")).mergeErrorOutput(), "error.log");
	}

	@Test
	void refusesSameFileForBothOutputs() {
		Path log = Path.of("run.log");

		refuses((builder) -> builder.outputTo(log).errorOutputTo(log), "use mergeErrorOutput()");
		refuses((builder) -> builder.appendOutputTo(log).errorOutputTo(log), "run.log");
		Path device = Path.of("/dev/null");
		assertThat(ProcessSpec.builder(COMMAND).outputTo(device).errorOutputTo(device).build().output().errorTo())
			.isNotNull();
	}

}
