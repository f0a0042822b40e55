package io.procession.spring.actuate;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

import javax.management.MBeanException;
import javax.management.ObjectName;

import io.micrometer.core.instrument.MeterRegistry;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import io.procession.ProcessManager;
import io.procession.execution.PendingProcess;
import io.procession.execution.RunningProcess;
import io.procession.isolation.IsolationFeature;
import io.procession.isolation.IsolationSupport;
import io.procession.process.ProcessStartException;
import io.procession.process.Secret;
import io.procession.spring.StartsProcesses;
import io.procession.supervision.ProcessSupervisor;
import io.procession.supervision.ProgramState;
import io.procession.supervision.ProgramStatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

@StartsProcesses
class ActuatorIntegrationTests {

	private static final Duration BOUND = Duration.ofSeconds(30);

	private static final String UNRESTRICTED = "--management.endpoint.processes.access=unrestricted";

	private final HttpClient client = HttpClient.newHttpClient();

	private ConfigurableApplicationContext context;

	private ProcessSupervisor supervisor;

	@AfterEach
	void close() {
		this.context.close();
	}

	@Test
	void listsProcessesAndPrograms() throws Exception {
		start();
		Instant before = Instant.now();
		RunningProcess process = this.context.getBean(ProcessManager.class)
			.command("sleep", "300")
			.name("nap")
			.secretArg(Secret.of("400"))
			.start();

		JsonNode body = json(get("processes"));

		JsonNode nap = body.at("/processes/1");
		assertThat(nap.get("executionId").asString()).isEqualTo(process.executionId());
		assertThat(nap.get("name").asString()).isEqualTo("nap");
		assertThat(nap.get("pid").asLong()).isEqualTo(process.pid());
		assertThat(nap.get("command").asString()).isEqualTo("sleep 300 ***");
		assertThat(Instant.parse(nap.get("startedAt").asString())).isBetween(before.minusSeconds(1), Instant.now());
		assertThat(Duration.parse(nap.get("uptime").asString())).isBetween(Duration.ZERO, BOUND);
		JsonNode worker = program(body, "worker");
		assertThat(worker.get("state").asString()).isEqualTo("RUNNING");
		assertThat(worker.get("desired").asString()).isEqualTo("UP");
		assertThat(worker.get("pid").asLong()).isEqualTo(body.at("/processes/0/pid").asLong());
		assertThat(worker.get("restarts").asInt()).isZero();
		assertThat(Instant.parse(worker.get("since").asString())).isBeforeOrEqualTo(Instant.now());
		JsonNode idle = program(body, "idle");
		assertThat(idle.get("state").asString()).isEqualTo("STOPPED");
		assertThat(body.get("processes").size()).isEqualTo(2);
		assertThat(body.get("programs").size()).isEqualTo(2);
	}

	private static JsonNode program(JsonNode body, String name) {
		return body.get("programs")
			.valueStream()
			.filter((program) -> program.get("name").asString().equals(name))
			.findAny()
			.orElseThrow();
	}

	@Test
	void showsSupportedIsolation() throws Exception {
		start();
		IsolationSupport support = this.context.getBean(ProcessManager.class).isolation();

		JsonNode isolation = json(get("processes")).get("isolation");

		assertThat(isolation.size()).isEqualTo(IsolationFeature.values().length);
		for (IsolationFeature feature : IsolationFeature.values()) {
			assertThat(isolation.get(feature.label()).asString()).isEqualTo(support.whyNot(feature).orElse("works"));
		}
	}

	@Test
	void showsProcessByNameOrPid() throws Exception {
		start();
		long pid = status().pid();

		JsonNode byName = json(get("processes/worker"));
		JsonNode byPid = json(get("processes/" + pid));
		JsonNode idle = json(get("processes/idle"));

		assertThat(byName.has("isolation")).isFalse();
		assertThat(byName.at("/processes/0/pid").asLong()).isEqualTo(pid);
		assertThat(byName.at("/programs/0/name").asString()).isEqualTo("worker");
		assertThat(byPid.at("/processes/0/name").asString()).isEqualTo("worker");
		assertThat(byPid.get("programs").size()).isZero();
		assertThat(idle.get("processes").size()).isZero();
		assertThat(idle.get("programs").size()).isEqualTo(1);
	}

	@Test
	void respondsNotFoundForUnknownName() throws Exception {
		start(UNRESTRICTED);

		assertThat(get("processes/wroker").statusCode()).isEqualTo(404);
		assertThat(get("processes/1").statusCode()).isEqualTo(404);
		assertThat(post("processes/wroker", "restart").statusCode()).isEqualTo(404);
	}

	@Test
	void isReadOnlyByDefault() throws Exception {
		start();
		long pid = status().pid();

		assertThat(post("processes/worker", "stop").statusCode()).isEqualTo(405);

		assertThat(status().state()).isEqualTo(ProgramState.RUNNING);
		assertThat(status().pid()).isEqualTo(pid);
	}

	@Test
	void stopsStartsAndRestartsPrograms() throws Exception {
		start(UNRESTRICTED);
		long first = status().pid();

		HttpResponse<String> stop = post("processes/worker", "stop");
		assertThat(stop.statusCode()).isEqualTo(200);
		assertThat(json(stop).get("desired").asString()).isEqualTo("DOWN");
		await().atMost(BOUND).until(() -> status().state() == ProgramState.STOPPED);

		HttpResponse<String> start = post("processes/worker", "START");
		assertThat(start.statusCode()).isEqualTo(200);
		assertThat(json(start).get("desired").asString()).isEqualTo("UP");
		await().atMost(BOUND).until(() -> status().state() == ProgramState.RUNNING);
		long second = status().pid();

		assertThat(post("processes/worker", "restart").statusCode()).isEqualTo(200);
		await().atMost(BOUND).until(() -> status().state() == ProgramState.RUNNING && status().pid() != second);

		assertThat(second).isNotEqualTo(first);
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"action\": \"explode\"}", "{\"action\": \"\"}", "{\"action\": null}", "{}" })
	void refusesUnknownAction(String body) throws Exception {
		start(UNRESTRICTED);

		HttpResponse<String> response = postBody("processes/worker", body);

		assertThat(response.statusCode()).isEqualTo(400);
		assertThat(json(response).get("actions")).extracting(JsonNode::asString)
			.containsExactly("start", "stop", "restart");
	}

	@Test
	void jmxReturnsPlainValuesAndReportsUnknownNamesAndActions() throws Exception {
		start(UNRESTRICTED, "--spring.jmx.enabled=true", "--management.endpoints.jmx.exposure.include=processes");

		assertThat(invoke("process", "wroker")).isNull();
		assertThatExceptionOfType(MBeanException.class).isThrownBy(() -> invoke("change", "wroker", "stop"))
			.havingCause()
			.isInstanceOf(IllegalArgumentException.class)
			.withMessageContainingAll("No such program 'wroker'; programs are: [", "worker", "idle");
		assertThatExceptionOfType(MBeanException.class).isThrownBy(() -> invoke("change", "worker", "explode"))
			.withCause(new IllegalArgumentException("Unknown action: set 'action' to one of [start, stop, restart]"));
		assertThat(status().state()).isEqualTo(ProgramState.RUNNING);
		assertThat(invoke("change", "worker", "stop")).asInstanceOf(InstanceOfAssertFactories.MAP)
			.containsEntry("name", "worker")
			.containsEntry("desired", "DOWN");
		await().atMost(BOUND).until(() -> status().state() == ProgramState.STOPPED);
	}

	private static Object invoke(String operation, String... arguments) throws Exception {
		String[] signature = new String[arguments.length];
		Arrays.fill(signature, String.class.getName());
		return ManagementFactory.getPlatformMBeanServer()
			.invoke(new ObjectName("org.springframework.boot:type=Endpoint,name=Processes"), operation, arguments,
					signature);
	}

	@Test
	void healthReportsProgramsAndLimitations() throws Exception {
		start("--management.endpoint.health.show-details=always");

		JsonNode up = json(get("health"));
		assertThat(up.at("/components/programs/components/worker/status").asString()).isEqualTo("UP");
		assertThat(up.at("/components/programs/components/worker/details/pid").asLong()).isEqualTo(status().pid());
		assertThat(up.at("/components/programs/components/idle/status").asString()).isEqualTo("UNKNOWN");
		assertThat(up.at("/components/processes/status").asString()).isEqualTo("UP");
		assertThat(up.at("/components/processes/details/running").asInt()).isEqualTo(1);

		ProcessHandle.of(status().pid()).orElseThrow().destroyForcibly();
		await().atMost(BOUND).until(() -> status().state() == ProgramState.BACKOFF);

		HttpResponse<String> down = get("health/programs/worker");
		assertThat(down.statusCode()).isEqualTo(503);
		assertThat(json(down).at("/details/state").asString()).isEqualTo("BACKOFF");
		assertThat(json(down).at("/details/reason").asString()).isEqualTo("ended by signal KILL");
		assertThat(json(down).at("/details/lastExitCode").asInt()).isEqualTo(137);
		assertThat(get("health").statusCode()).isEqualTo(503);
		assertThat(get("health/programs/wroker").statusCode()).isEqualTo(404);
	}

	@Test
	void recordsDurationsAndRunningProcesses() throws Exception {
		start();
		ProcessManager processes = this.context.getBean(ProcessManager.class);
		processes.command("true").name("backup").run();
		processes.shell("exit 3").name("backup").run();

		await().atMost(BOUND)
			.until(() -> get("metrics/procession.execution?tag=name:backup&tag=outcome:FAILURE").statusCode() == 200);
		JsonNode timer = json(get("metrics/procession.execution?tag=name:backup"));
		JsonNode active = json(get("metrics/procession.execution.active"));

		assertThat(timer.get("baseUnit").asString()).isEqualTo("seconds");
		assertThat(timer.at("/measurements/0/statistic").asString()).isEqualTo("COUNT");
		assertThat(timer.at("/measurements/0/value").asDouble()).isEqualTo(2.0);
		assertThat(timer.at("/measurements/1/value").asDouble()).isBetween(0.000_001, 60.0);
		assertThat(active.at("/measurements/0/value").asDouble()).isEqualTo(1.0);
	}

	@Test
	void showsNoSecretInResponsesOrMeters() throws Exception {
		String secret = "s3cret-value";
		start("--management.endpoint.health.show-details=always",
				"--procession.programs.leaky.command=sh -c 'echo \"$*\" >&2; exit 3' sh --password=" + secret,
				"--procession.programs.leaky.environment.DB_PASSWORD=" + secret,
				"--procession.programs.leaky.restart.delay=10m");
		ProcessManager processes = this.context.getBean(ProcessManager.class);
		PendingProcess planted = processes
			.shell("echo \"$* $LICENCE\" >&2; read -r line", "https://me:" + secret + "@host")
			.name("planted")
			.secretArg(Secret.of(secret))
			.secretEnv("LICENCE", Secret.of(secret));
		planted.start();
		planted.run();
		assertThatExceptionOfType(ProcessStartException.class)
			.isThrownBy(() -> planted.directory(Path.of("/no/" + secret)).run());
		await().atMost(BOUND)
			.until(() -> this.supervisor.find("leaky").orElseThrow().state() == ProgramState.BACKOFF
					&& get("metrics/procession.execution?tag=name:planted").statusCode() == 200);

		StringBuilder shown = new StringBuilder();
		for (String path : List.of("processes", "processes/leaky", "processes/planted", "health",
				"health/programs/leaky", "health/processes", "metrics")) {
			shown.append(get(path).body()).append('\n');
		}
		for (JsonNode name : json(get("metrics")).get("names")) {
			shown.append(get("metrics/" + name.asString()).body()).append('\n');
		}
		this.context.getBean(MeterRegistry.class).getMeters().forEach((meter) -> shown.append(meter.getId()));

		assertThat(shown.toString()).contains("planted", "https://me:***@host", "BACKOFF").doesNotContain(secret);
	}

	private void start(String... arguments) {
		this.context = new SpringApplicationBuilder(Application.class).registerShutdownHook(false)
			.properties("server.port=0", "management.endpoints.web.exposure.include=processes,health,metrics",
					"procession.programs.worker.command=sleep 300", "procession.programs.worker.restart.delay=10m",
					"procession.programs.idle.command=sleep 300", "procession.programs.idle.autostart=false")
			.run(arguments);
		this.supervisor = this.context.getBean(ProcessSupervisor.class);
		await().atMost(BOUND).until(() -> status().state() == ProgramState.RUNNING);
	}

	private ProgramStatus status() {
		return this.supervisor.find("worker").orElseThrow();
	}

	private HttpResponse<String> get(String path) throws IOException, InterruptedException {
		return this.client.send(HttpRequest.newBuilder(uri(path)).build(), BodyHandlers.ofString());
	}

	private HttpResponse<String> post(String path, String action) throws IOException, InterruptedException {
		return postBody(path, "{\"action\": \"" + action + "\"}");
	}

	private HttpResponse<String> postBody(String path, String body) throws IOException, InterruptedException {
		return this.client.send(HttpRequest.newBuilder(uri(path))
			.header("Content-Type", "application/json")
			.POST(BodyPublishers.ofString(body))
			.build(), BodyHandlers.ofString());
	}

	private URI uri(String path) {
		return URI.create("http://localhost:" + this.context.getEnvironment().getProperty("local.server.port")
				+ "/actuator/" + path);
	}

	private static JsonNode json(HttpResponse<String> response) {
		return JsonMapper.shared().readTree(response.body());
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
