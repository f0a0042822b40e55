package io.procession.spring.supervision;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import io.procession.spring.NoProcessLeft;
import io.procession.spring.ProcessAutoConfiguration;
import io.procession.spring.StartsProcesses;
import io.procession.supervision.ProcessSupervisor;
import io.procession.supervision.ProgramState;
import io.procession.supervision.ProgramStatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@StartsProcesses
@ExtendWith(OutputCaptureExtension.class)
class SupervisionIntegrationTests {

	private static final Duration BOUND = Duration.ofSeconds(30);

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ProcessAutoConfiguration.class, SupervisionAutoConfiguration.class));

	@Test
	void logsLastOutputOfFailedProgram(CapturedOutput output) {
		this.contextRunner
			.withPropertyValues("procession.programs.worker.command=sh -c 'echo no database >&2; exit 3'",
					"procession.programs.worker.restart.policy=never", "procession.programs.again.command=sleep x")
			.run((context) -> await().atMost(BOUND)
				.untilAsserted(() -> assertThat(output)
					.containsPattern(
							"Program failed and is not restarted: name=worker .* exited with 3 .*; stderr ends: "
									+ "\"no database\"")
					.containsPattern("Program ended and is restarted: name=again .* stderr ends: \".*sleep: ")));
	}

	@Test
	void startsWithContextRestartsAfterCrashAndStopsWithContext(@TempDir Path directory) throws IOException {
		Path yaml = Files.writeString(directory.resolve("application.yml"),
				"""
						procession:
						  programs:
						    worker:
						      command: ["/bin/sh", "-c", "trap 'echo stopped >> log; exit 0' TERM; echo started >> log; while :; do sleep 0.1; done"]
						      directory: %s
						      environment: { MODE: full }
						      restart: { delay: 200ms }
						    later:
						      command: sleep 300
						      autostart: false
						"""
					.formatted(directory));
		Path log = directory.resolve("log");
		long restarted;
		try (ConfigurableApplicationContext context = run(Application.class, "--spring.config.location=" + yaml.toUri(),
				"--spring.main.web-application-type=none")) {
			ProcessSupervisor supervisor = context.getBean(ProcessSupervisor.class);
			await().atMost(BOUND).until(() -> Files.exists(log) && Files.readString(log).equals("started\n"));
			await().atMost(BOUND).until(() -> status(supervisor, "worker").state() == ProgramState.RUNNING);
			long pid = status(supervisor, "worker").pid();
			assertThat(status(supervisor, "later").state()).isEqualTo(ProgramState.STOPPED);

			ProcessHandle.of(pid).orElseThrow().destroyForcibly();

			await().atMost(BOUND).until(() -> Files.readString(log).equals("started\nstarted\n"));
			await().atMost(BOUND).until(() -> status(supervisor, "worker").state() == ProgramState.RUNNING);
			assertThat(status(supervisor, "worker").restarts()).isEqualTo(1);
			assertThat(status(supervisor, "worker").lastExitCode()).isEqualTo(137);
			restarted = status(supervisor, "worker").pid();
		}
		assertThat(Files.readString(log)).isEqualTo("started\nstarted\nstopped\n");
		assertThat(ProcessHandle.of(restarted).filter(ProcessHandle::isAlive)).isEmpty();
	}

	@Test
	void keepsProgramsRunningUntilLastRequestIsDone() throws Exception {
		ConfigurableApplicationContext context = run(WebApplication.class, "--server.port=0",
				"--server.shutdown=graceful", "--procession.programs.worker.command=sleep 300");
		WebApplication application = context.getBean(WebApplication.class);
		String url = "http://localhost:" + context.getEnvironment().getProperty("local.server.port") + "/slow";
		await().atMost(BOUND)
			.until(() -> status(context.getBean(ProcessSupervisor.class), "worker").state() == ProgramState.RUNNING);
		CompletableFuture<HttpResponse<String>> response = HttpClient.newHttpClient()
			.sendAsync(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString());
		assertThat(application.entered.await(20, TimeUnit.SECONDS)).isTrue();

		context.close();

		assertThat(response.get(20, TimeUnit.SECONDS).body()).isEqualTo("closing: true, program: 1");
		assertThat(application.childrenAtDestruction).isZero();
	}

	@Test
	void startsAgainWithRestartedContext() {
		this.contextRunner.withPropertyValues("procession.programs.worker.command=sleep 300").run((context) -> {
			ProcessSupervisor supervisor = context.getBean(ProcessSupervisor.class);
			await().atMost(BOUND).until(() -> status(supervisor, "worker").state() == ProgramState.RUNNING);
			SmartLifecycle lifecycle = context.getBean(SupervisorLifecycle.class);

			lifecycle.stop();
			assertThat(lifecycle.isRunning()).isFalse();
			assertThat(status(supervisor, "worker").state()).isEqualTo(ProgramState.STOPPED);
			lifecycle.start();

			assertThat(lifecycle.isRunning()).isTrue();
			await().atMost(BOUND).until(() -> status(supervisor, "worker").state() == ProgramState.RUNNING);
		});
	}

	@Test
	void failedContextLeavesNoProcess() {
		this.contextRunner.withPropertyValues("procession.programs.worker.command=sleep 300")
			.withBean(FailsLate.class)
			.run((context) -> assertThat(context).hasFailed());

		await().atMost(BOUND).until(() -> NoProcessLeft.children().isEmpty());
	}

	@Test
	void missingExecutableDoesNotFailStartup() {
		this.contextRunner
			.withPropertyValues("procession.programs.missing.command=/nowhere/at/all",
					"procession.programs.homeless.command=sleep 300",
					"procession.programs.homeless.directory=/nowhere/at/all")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				ProcessSupervisor supervisor = context.getBean(ProcessSupervisor.class);
				await().atMost(BOUND)
					.until(() -> supervisor.programs()
						.stream()
						.allMatch((program) -> program.state() == ProgramState.BACKOFF || program.restarts() > 0));
				assertThat(status(supervisor, "missing").lastExitCode()).isEqualTo(127);
				assertThat(status(supervisor, "homeless").lastFailed()).isTrue();
			});
	}

	@Test
	void stopsAsConfigured(@TempDir Path directory) {
		Path log = directory.resolve("log");
		this.contextRunner
			.withPropertyValues("procession.programs.worker.command[0]=sh", "procession.programs.worker.command[1]=-c",
					"procession.programs.worker.command[2]=trap 'echo interrupted > log' USR1; trap '' TERM;"
							+ " echo ready > log; while :; do sleep 0.1; done",
					"procession.programs.worker.directory=" + directory, "procession.programs.worker.stop-signal=USR1",
					"procession.programs.worker.stop-grace=500ms")
			.run((context) -> {
				await().atMost(BOUND).until(() -> Files.exists(log) && Files.readString(log).equals("ready\n"));

				ProgramStatus stopped = context.getBean(ProcessSupervisor.class)
					.stop("worker")
					.get(20, TimeUnit.SECONDS);

				assertThat(stopped.lastExitCode()).isEqualTo(137);
				assertThat(Files.readString(log)).isEqualTo("interrupted\n");
			});
	}

	private static ConfigurableApplicationContext run(Class<?> type, String... arguments) {
		SpringApplication application = new SpringApplicationBuilder(type).registerShutdownHook(false).build();
		return application.run(arguments);
	}

	private static ProgramStatus status(ProcessSupervisor supervisor, String name) {
		return supervisor.find(name).orElseThrow();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

	@RestController
	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class WebApplication {

		private final CountDownLatch entered = new CountDownLatch(1);

		private final CountDownLatch closing = new CountDownLatch(1);

		private volatile long childrenAtDestruction = -1;

		@Bean
		ApplicationListener<ContextClosedEvent> closingListener() {
			return (event) -> this.closing.countDown();
		}

		@Bean
		DisposableBean dataSource() {
			return () -> this.childrenAtDestruction = sleeps();
		}

		@GetMapping("/slow")
		String slow() throws InterruptedException {
			this.entered.countDown();
			boolean closed = this.closing.await(20, TimeUnit.SECONDS);
			await().during(Duration.ofMillis(700)).atMost(BOUND).until(() -> sleeps() > 0);
			return "closing: " + closed + ", program: " + sleeps();
		}

		private static long sleeps() {
			return NoProcessLeft.children()
				.stream()
				.filter((child) -> child.info().command().orElse("").endsWith("sleep"))
				.count();
		}

	}

	/** Fails once everything else, including the programs, has started. */
	static class FailsLate implements SmartLifecycle {

		@Override
		public void start() {
			throw new IllegalStateException("on purpose");
		}

		@Override
		public void stop() {
		}

		@Override
		public boolean isRunning() {
			return false;
		}

	}

}
