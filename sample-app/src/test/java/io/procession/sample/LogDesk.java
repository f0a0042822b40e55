package io.procession.sample;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.io.ClassPathResource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import io.procession.ProcessManager;
import io.procession.supervision.ProcessSupervisor;
import io.procession.supervision.ProgramState;
import io.procession.supervision.ProgramStatus;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The whole application on a free port with a client. Once closed, it has left no process
 * behind.
 */
final class LogDesk implements AutoCloseable {

	// limits a test on a busy machine, and is normally never reached
	static final ConditionFactory PATIENCE = Awaitility.await().atMost(Duration.ofSeconds(60));

	private static final String BOUNDARY = "--------boundary";

	private final HttpClient http = HttpClient.newHttpClient();

	private final Path directory;

	private final ConfigurableApplicationContext context;

	private LogDesk(Path directory, ConfigurableApplicationContext context) {
		this.directory = directory;
		this.context = context;
	}

	static LogDesk open(Path directory, String... args) {
		List<String> all = new ArrayList<>(List.of(args));
		all.add("--server.port=0");
		all.add("--log-desk.directory=" + directory);
		return new LogDesk(directory, SpringApplication.run(SampleApplication.class, all.toArray(String[]::new)));
	}

	static byte[] sampleLog() {
		try {
			return new ClassPathResource("static/access.log").getContentAsByteArray();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	static BodyPublisher repeated(byte[] text, long times) {
		return BodyPublishers.ofInputStream(() -> new RepeatedText(text, times));
	}

	Path directory() {
		return this.directory;
	}

	ProcessManager processes() {
		return this.context.getBean(ProcessManager.class);
	}

	ProcessSupervisor supervisor() {
		return this.context.getBean(ProcessSupervisor.class);
	}

	ProgramStatus program(String name) {
		return PATIENCE.until(() -> supervisor().find(name).orElseThrow(),
				(program) -> program.state() == ProgramState.RUNNING);
	}

	String url() {
		return "http://localhost:" + this.context.getEnvironment().getRequiredProperty("local.server.port");
	}

	Answer get(String path) {
		return send(HttpRequest.newBuilder(URI.create(url() + path)));
	}

	Answer post(String path, String contentType, BodyPublisher body) {
		return send(HttpRequest.newBuilder(URI.create(url() + path)).header("Content-Type", contentType).POST(body));
	}

	Answer postForm(String path, Part... parts) {
		List<BodyPublisher> publishers = new ArrayList<>();
		for (Part part : parts) {
			publishers.add(BodyPublishers.ofString("--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\""
					+ part.name() + "\"; filename=\"" + part.file() + "\"\r\n\r\n"));
			publishers.add(part.content());
			publishers.add(BodyPublishers.ofString("\r\n"));
		}
		publishers.add(BodyPublishers.ofString("--" + BOUNDARY + "--\r\n"));
		return post(path, "multipart/form-data; boundary=" + BOUNDARY,
				BodyPublishers.concat(publishers.toArray(BodyPublisher[]::new)));
	}

	private Answer send(HttpRequest.Builder request) {
		try {
			HttpResponse<String> response = this.http.send(request.timeout(Duration.ofMinutes(3)).build(),
					BodyHandlers.ofString());
			return new Answer(response.statusCode(), response.headers().firstValue("Content-Type").orElse(""),
					response.body());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void close() {
		this.context.close();
		PATIENCE.untilAsserted(
				() -> assertThat(ProcessHandle.current().descendants().filter(ProcessHandle::isAlive)).isEmpty());
	}

	/**
	 * A file of a form.
	 *
	 * @param name name of the part
	 * @param file name of the file
	 * @param content what is in it
	 */
	record Part(String name, String file, BodyPublisher content) {

		static Part file(String file, BodyPublisher content) {
			return new Part("file", file, content);
		}

	}

	/**
	 * Response of the application.
	 *
	 * @param status of HTTP
	 * @param contentType of the body
	 * @param body as text
	 */
	record Answer(int status, String contentType, String body) {

		JsonNode json() {
			assertThat(this.status).as(this.body).isEqualTo(200);
			return JsonMapper.shared().readTree(this.body);
		}

		void isProblem(int expectedStatus, String detail) {
			assertThat(this.status).as(this.body).isEqualTo(expectedStatus);
			assertThat(this.contentType).isEqualTo("application/problem+json");
			assertThat(JsonMapper.shared().readTree(this.body).path("detail").asString()).contains(detail);
		}

	}

}
