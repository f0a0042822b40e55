package io.procession;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.procession.execution.RunningProcess;
import io.procession.execution.output.OutputCursor;
import io.procession.process.OutputType;
import io.procession.testing.RealProcesses;

import static io.procession.testing.Bounds.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for cursors over captured output.
 */
@RealProcesses
class OutputCursorIntegrationTests {

	private static final int PLENTY = 1 << 20;

	@Test
	void continuesFromStoredPosition(ProcessManager processes) throws IOException {
		RunningProcess process = processes.shell("echo one; echo err >&2; read line; printf 'two\nrest'").start();
		process.waitUntil((type, line) -> line.equals("one"), SOON);
		process.waitUntil((type, line) -> line.equals("err"), SOON);
		OutputCursor first = process.outputFrom(OutputType.OUTPUT, 0);
		List<String> before = first.readLines(PLENTY);
		boolean endedBefore = first.isAtEnd();
		process.stdin().writeLine("go on");
		process.waitFor();

		OutputCursor second = process.outputFrom(OutputType.OUTPUT, first.position());

		assertThat(before).containsExactly("one");
		assertThat(endedBefore).isFalse();
		assertThat(first.position()).isEqualTo(4);
		assertThat(second.isAtEnd()).isFalse();
		assertThat(second.readLines(PLENTY)).containsExactly("two", "rest");
		assertThat(second.isAtEnd()).isTrue();
		assertThat(second.readLines(PLENTY)).isEmpty();
		assertThat(second.position()).isEqualTo(12);
		assertThat(first.readText(PLENTY)).isEqualTo("two\nrest");
		assertThat(process.outputFrom(OutputType.ERROR, 0).read(PLENTY)).asString().isEqualTo("err\n");
		assertThat(process.latestOutput()).isEqualTo("one\ntwo\nrest");
	}

	@Test
	void keepsUnterminatedLineForNextCall(ProcessManager processes) throws IOException {
		RunningProcess process = processes
			.shell("printf 'one\nbeg'; read line; printf 'in\r'; read line; printf '\nend'")
			.start();
		OutputCursor cursor = process.outputFrom(OutputType.OUTPUT, 0);
		process.waitUntil((type, line) -> line.equals("beg"), SOON);
		assertThat(cursor.readLines(PLENTY)).containsExactly("one");
		assertThat(cursor.readLines(PLENTY)).isEmpty();

		process.stdin().writeLine("go on");
		process.waitUntil((type, line) -> line.equals("begin"), SOON);
		// the next byte determines whether it is a line terminator of its own
		assertThat(cursor.readLines(PLENTY)).isEmpty();
		process.stdin().writeLine("go on");
		process.waitFor();

		assertThat(cursor.readLines(PLENTY)).containsExactly("begin", "end");
		assertThat(cursor.isAtEnd()).isTrue();
	}

	@ParameterizedTest
	@ValueSource(ints = { 7, 64, 1000, 65_536, PLENTY })
	void returnsEachLineOnceForAnySize(int most, ProcessManager processes) {
		RunningProcess process = processes
			.shell("i=0; while [ $i -lt 2000 ]; do printf '%d\r\n\n\r' $i; i=$((i+1)); done; printf é")
			.start();
		List<String> lines = new ArrayList<>();
		long position = 0;

		while (true) {
			OutputCursor cursor = process.outputFrom(OutputType.OUTPUT, position);
			lines.addAll(cursor.readLines(most));
			position = cursor.position();
			if (cursor.isAtEnd()) {
				break;
			}
			// a poll, as from requests of a page
			process.isRunning();
		}

		assertThat(lines).hasSize(6001).last().isEqualTo("é");
		assertThat(lines.get(3)).isEqualTo("1");
		assertThat(lines.stream().filter(String::isEmpty)).hasSize(4000);
		assertThat(position).isEqualTo(process.waitFor().outputBytes().length);
	}

	@ParameterizedTest
	@ValueSource(ints = { 6, 7, 8, 9, 64 })
	void returnsLinesUpToGivenSizeAsWhole(int most, ProcessManager processes) throws IOException {
		Random random = new Random(most);
		StringBuilder text = new StringBuilder();
		for (int i = 0; i < 3000; i++) {
			text.append("x".repeat(random.nextInt(7))).append(List.of("\n", "\r\n", "\r").get(random.nextInt(3)));
		}
		text.append("end");
		RunningProcess process = processes.command("cat").start();
		OutputCursor whileRunning = process.outputFrom(OutputType.OUTPUT, 0);
		List<String> lines = new ArrayList<>();

		for (byte b : text.toString().getBytes(StandardCharsets.UTF_8)) {
			process.stdin().write(b);
			if (random.nextInt(50) == 0) {
				process.stdin().flush();
				lines.addAll(whileRunning.readLines(most));
			}
		}
		process.stdin().close();
		process.waitFor();
		while (!whileRunning.isAtEnd()) {
			lines.addAll(whileRunning.readLines(most));
		}

		assertThat(lines).containsExactly(text.toString().split("\r\n|\r|\n", -1));
	}

	@Test
	void returnsReturnAfterLineOfGivenSizeAsTerminator(ProcessManager processes) {
		RunningProcess process = processes.shell("printf '1234567\r12345678\r\n123456789\n'").start();
		process.waitFor();
		OutputCursor cursor = process.outputFrom(OutputType.OUTPUT, 0);
		List<String> lines = new ArrayList<>();

		while (!cursor.isAtEnd()) {
			lines.addAll(cursor.readLines(7));
		}

		assertThat(lines).containsExactly("1234567", "1234567", "8", "1234567", "89");
	}

	@Test
	void returnsLongLineInPartsOfWholeCharacters(ProcessManager processes) {
		RunningProcess process = processes.shell("printf 'aéééé\nb'").start();
		process.waitFor();
		OutputCursor cursor = process.outputFrom(OutputType.OUTPUT, 0);

		assertThat(cursor.readLines(4)).containsExactly("aé");
		assertThat(cursor.readLines(4)).containsExactly("éé");
		assertThat(cursor.readLines(4)).containsExactly("é", "b");
		assertThat(cursor.isAtEnd()).isTrue();
	}

	@Test
	void returnsTextOfWholeCharacters(ProcessManager processes) {
		String text = "äöü€𝄞".repeat(2000);
		RunningProcess process = processes.command("cat").input(text).start();
		process.waitFor();
		OutputCursor cursor = process.outputFrom(OutputType.OUTPUT, 0);
		Random random = new Random(1);
		StringBuilder read = new StringBuilder();

		while (!cursor.isAtEnd()) {
			read.append(cursor.readText(4 + random.nextInt(50)));
		}

		assertThat(read.toString()).isEqualTo(text);
	}

	@Test
	void skipsBytesThatAreNoLongerKept(ProcessManager processes) {
		RunningProcess process = processes.shell("seq 1 100000").keepLast(100).start();
		process.waitFor();
		OutputCursor cursor = process.outputFrom(OutputType.OUTPUT, 0);

		List<String> lines = cursor.readLines(PLENTY);

		assertThat(lines).endsWith("99999", "100000");
		assertThat(cursor.skipped()).isPositive();
		assertThat(cursor.position()).isEqualTo(588_895);
		assertThat(cursor.isAtEnd()).isTrue();
	}

	@Test
	void isAtEndThoughSurvivorHoldsOutputOpen(ProcessManager processes) {
		RunningProcess process = processes.shell("echo one; sleep 600 & exit 0").drain(Duration.ofMillis(100)).start();
		OutputCursor cursor = process.outputFrom(OutputType.OUTPUT, 0);

		process.waitFor();

		assertThat(cursor.readLines(PLENTY)).containsExactly("one");
		assertThat(cursor.isAtEnd()).isTrue();
		assertThat(process.stopLeftBehind(Duration.ZERO).join()).isTrue();
	}

	@Test
	void readsOtherCharsets(ProcessManager processes) {
		Charset utf16 = StandardCharsets.UTF_16;
		RunningProcess process = processes.command("cat").charset(utf16).input("één\ntwee\n".getBytes(utf16)).start();
		process.waitFor();
		OutputCursor cursor = process.outputFrom(OutputType.OUTPUT, 0);

		assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> cursor.readLines(PLENTY))
			.withMessage("Lines cannot be located by position in UTF-16: use readText(...)");
		assertThat(cursor.readText(9)).isEqualTo("één");
		assertThat(cursor.readText(PLENTY)).isEqualTo("\ntwee\n");
		assertThat(cursor.isAtEnd()).isTrue();
	}

	@Test
	void refusesWhatCannotBeRead(ProcessManager processes) {
		RunningProcess quiet = processes.command("true").name("mute").quietly().start();
		RunningProcess process = processes.command("true").start();
		OutputCursor cursor = process.outputFrom(OutputType.OUTPUT, 0);

		assertThatIllegalStateException().isThrownBy(() -> quiet.outputFrom(OutputType.OUTPUT, 0))
			.withMessage(
					"The output of 'mute' is not captured and has no positions: use onOutput(...) or pullOutput()");
		assertThatIllegalArgumentException().isThrownBy(() -> process.outputFrom(OutputType.OUTPUT, -1))
			.withMessage("The position must not be negative: -1");
		assertThatIllegalArgumentException().isThrownBy(() -> cursor.read(0))
			.withMessage("The maximum number of bytes must be positive: 0");
	}

}
