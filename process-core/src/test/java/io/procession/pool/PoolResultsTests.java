package io.procession.pool;

import java.util.LinkedHashMap;
import java.util.Map;

import org.junit.jupiter.api.Test;

import io.procession.process.Command;
import io.procession.process.ExitCause;
import io.procession.process.ProcessFailedException;
import io.procession.process.ProcessResult;
import io.procession.process.ProcessSpec;
import io.procession.process.ProcessStartException;
import io.procession.process.ProcessStartException.Reason;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class PoolResultsTests {

	private final Map<String, ProcessResult> map = new LinkedHashMap<>();

	private static ProcessSpec spec(String program) {
		return ProcessSpec.of(Command.of(program));
	}

	private static ProcessResult ended(String program, int exitCode) {
		return ProcessResult.builder(spec(program)).exit(exitCode, ExitCause.EXITED).build();
	}

	private static ProcessResult missing(String program) {
		return new ProcessStartException(spec(program), Reason.NOT_FOUND, "there is none", null).result().orElseThrow();
	}

	private PoolResults results() {
		return new PoolResults(this.map);
	}

	@Test
	void preservesOrderAndKeys() {
		this.map.put("z", ended("one", 0));
		this.map.put("a", ended("two", 0));
		PoolResults results = results();

		assertThat(results).containsExactly(this.map.get("z"), this.map.get("a"));
		assertThat(results.asMap()).containsOnlyKeys("z", "a");
		assertThat(results.asMap().keySet()).containsExactly("z", "a");
		assertThat(results.get("a").name()).isEqualTo("two");
		assertThat(results.get(0).name()).isEqualTo("one");
		assertThat(results.size()).isEqualTo(2);
	}

	@Test
	void cannotBeModified() {
		this.map.put("a", ended("one", 0));
		PoolResults results = results();
		this.map.clear();

		assertThat(results.size()).isEqualTo(1);
		assertThat(results.asMap()).hasSize(1);
		assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> results.asMap().clear());
		assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> {
			var iterator = results.iterator();
			iterator.next();
			iterator.remove();
		});
	}

	@Test
	void reportsMissingKey() {
		this.map.put("a", ended("one", 0));

		assertThatIllegalArgumentException().isThrownBy(() -> results().get("b"))
			.withMessageContaining("'b'")
			.withMessageContaining("[a]");
		assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> results().get(1));
	}

	@Test
	void listsFewOfManyKeys() {
		for (int i = 0; i < 1000; i++) {
			this.map.put("key-" + i, ended("program", 0));
		}

		assertThatIllegalArgumentException().isThrownBy(() -> results().get("b"))
			.withMessageContaining("[key-0, ")
			.withMessageEndingWith("key-19] and 980 more");
	}

	@Test
	void isSuccessfulIfAllSucceeded() {
		this.map.put("a", ended("one", 0));
		PoolResults good = results();
		this.map.put("b", ended("two", 3));
		PoolResults bad = results();

		assertThat(good.successful()).isTrue();
		assertThat(good.failed()).isFalse();
		assertThat(good.throwIfAnyFailed()).isSameAs(good);
		assertThat(bad.successful()).isFalse();
		assertThat(bad.failed()).isTrue();
	}

	@Test
	void reportsAllFailures() {
		this.map.put("good", ended("one", 0));
		this.map.put("bad", ended("two", 3));
		this.map.put("missing", missing("three"));
		PoolResults results = results();

		assertThatExceptionOfType(PoolFailedException.class).isThrownBy(results::throwIfAnyFailed)
			.withMessageStartingWith("2 of 3 processes of the pool failed:")
			.withMessageContaining("bad: Command 'two' exited with 3")
			.withMessageContaining("missing: Command 'three' could not be started: there is none")
			.withMessageNotContaining("good")
			.satisfies((ex) -> {
				assertThat(ex.getSuppressed()).hasExactlyElementsOfTypes(ProcessFailedException.class,
						ProcessStartException.class);
				assertThat(ex.results()).isSameAs(results);
				assertThat(ex.result()).containsSame(results.get("bad"));
				assertThat(ex.command()).isEqualTo(results.get("bad").command());
			});
	}

	@Test
	void limitsLengthOfMessage() {
		for (int i = 0; i < 1000; i++) {
			this.map.put("key-" + i, ended("program-" + i, 1));
		}

		assertThatExceptionOfType(PoolFailedException.class).isThrownBy(() -> results().throwIfAnyFailed())
			.withMessageStartingWith("1000 of 1000")
			.withMessageContaining("key-9:")
			.withMessageNotContaining("key-10:")
			.withMessageEndingWith("and 990 more")
			.satisfies((ex) -> assertThat(ex.getSuppressed()).hasSize(1000));
	}

}
