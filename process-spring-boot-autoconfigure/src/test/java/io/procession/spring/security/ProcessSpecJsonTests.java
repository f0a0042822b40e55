package io.procession.spring.security;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

import io.procession.process.Command;
import io.procession.process.ProcessInput;
import io.procession.process.ProcessSpec;
import io.procession.process.Secret;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the serialization of a {@link ProcessSpec} with Jackson.
 */
class ProcessSpecJsonTests {

	private final ProcessSpec spec = ProcessSpec
		.builder(Command.of("dump", "--password=planted").withArgument(Secret.of("planted")))
		.name("backup")
		.env("PLAIN", "planted")
		.secretEnv("PASSWORD", Secret.of("planted"))
		.input(ProcessInput.of("planted"))
		.build();

	@Test
	void showsNoValue() {
		assertThat(JsonMapper.shared().writeValueAsString(this.spec)).contains("backup").doesNotContain("planted");
		assertThat(JsonMapper.shared().writeValueAsString(List.of(this.spec.environment(), this.spec.command())))
			.doesNotContain("planted");
	}

	@Test
	void showsNoValueToFieldBasedMapper() {
		JsonMapper mapper = JsonMapper.builder()
			.changeDefaultVisibility(
					(checker) -> checker.withVisibility(PropertyAccessor.FIELD, JsonAutoDetect.Visibility.ANY))
			.build();
		String encoded = Base64.getEncoder().encodeToString("planted".getBytes(StandardCharsets.UTF_8));

		assertThat(mapper.writeValueAsString(this.spec)).contains("backup").doesNotContain("planted", encoded);
	}

}
