package io.procession.sample;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import io.procession.process.ProcessResult;
import io.procession.sample.LogDesk.Answer;
import io.procession.sample.LogDesk.Part;

import static io.procession.sample.LogDesk.PATIENCE;
import static io.procession.test.ProcessAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

@Timeout(300)
@EnabledOnOs(value = OS.LINUX, disabledReason = "the sample runs tools of Linux")
@ExtendWith(OutputCaptureExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SampleApplicationIntegrationTests {

	private static final String FORM = "application/x-www-form-urlencoded";

	private final byte[] log = LogDesk.sampleLog();

	private LogDesk desk;

	@BeforeAll
	void open(@TempDir Path directory) {
		this.desk = LogDesk.open(directory, "--log-desk.disk-cron=* * * * * *");
	}

	@AfterAll
	void close() {
		this.desk.close();
	}

	@AfterEach
	void leavesNoUpload() throws IOException {
		Path uploads = this.desk.directory().resolve("uploads");
		if (Files.exists(uploads)) {
			assertThat(uploads).isEmptyDirectory();
		}
	}

	@Test
	void reportsOnUploadedFile() {
		JsonNode report = this.desk.postForm("/reports", Part.file("access.log", BodyPublishers.ofByteArray(this.log)))
			.json();

		List<String[]> lines = new String(this.log, StandardCharsets.UTF_8).lines()
			.filter((line) -> !line.contains("\\\""))
			.map((line) -> line.split("\"", -1))
			.toList();
		assertThat(report.path("lines").asLong()).isEqualTo(10_000);
		assertThat(report.path("ignored").asLong()).isEqualTo(10_000L - lines.size()).isPositive();
		assertThat(counts(report.path("requesters"))).isEqualTo(top(lines, (line) -> line[0].split(" ", 2)[0]));
		assertThat(counts(report.path("statusCodes"))).isEqualTo(top(lines, (line) -> line[2].split(" ", -1)[1]));
		List<String[]> requests = lines.stream().filter((line) -> line[1].contains(" ")).toList();
		assertThat(counts(report.path("paths")))
			.isEqualTo(top(requests, (line) -> line[1].split(" ", -1)[1].split("\\?", 2)[0]));
	}

	@ParameterizedTest
	@ValueSource(strings = { FORM, "text/plain", "application/octet-stream" })
	void reportsOnBareBody(String contentType) {
		JsonNode report = this.desk.post("/reports", contentType, BodyPublishers.ofByteArray(this.log)).json();

		assertThat(report.path("lines").asLong()).isEqualTo(10_000);
		assertThat(report.path("statusCodes").path(0).path("value").asString()).isEqualTo("200");
	}

	@Test
	void reportsOnSingleLineWithoutLineEnd() {
		String line = "::1 - - [21/Nov/2026:00:00:07 +0000] \"GET /a%20b?c=d HTTP/1.1\" 200 17";

		JsonNode report = this.desk.post("/reports", "text/plain", BodyPublishers.ofString(line)).json();

		assertThat(report.path("lines").asLong()).isEqualTo(1);
		assertThat(counts(report.path("requesters"))).containsExactly("1 ::1");
		assertThat(counts(report.path("paths"))).containsExactly("1 /a%20b");
	}

	@Test
	void reportsOn200MegabytesWithoutBuffering() {
		long times = 200_000_000L / this.log.length + 1;

		JsonNode asBody = this.desk.post("/reports", "text/plain", LogDesk.repeated(this.log, times)).json();
		JsonNode asFile = this.desk.postForm("/reports", Part.file("access.log", LogDesk.repeated(this.log, times)))
			.json();

		assertThat(asBody).isEqualTo(asFile);
		assertThat(asBody.path("lines").asLong()).isEqualTo(10_000L * times);
		assertThat(asBody.path("statusCodes").path(0).path("count").asLong() % times).isZero();
	}

	@Test
	void refusesEmptyLog() {
		this.desk.post("/reports", FORM, BodyPublishers.noBody()).isProblem(400, "empty: send it as the body or");
		this.desk.postForm("/reports", Part.file("access.log", BodyPublishers.noBody()))
			.isProblem(400, "empty: send it as the body or");
	}

	@Test
	void refusesBinaryLog() {
		byte[] random = new byte[1_000_000];
		new Random(1).nextBytes(random);

		this.desk.post("/reports", FORM, BodyPublishers.ofByteArray(random)).isProblem(415, "send plain text");
		this.desk.postForm("/reports", Part.file("access.log.gz", BodyPublishers.ofByteArray(random)))
			.isProblem(415, "send plain text");
	}

	@Test
	void refusesTextThatIsNotAccessLog() {
		this.desk.post("/reports", "text/plain", BodyPublishers.ofString("once\nupon\na time\n"))
			.isProblem(422, "common or combined log format");
	}

	@Test
	void refusesLineOfManyMegabytes() {
		String line = "x".repeat(5_000_000) + " - - [21/Nov/2026:00:00:07 +0000] \"GET / HTTP/1.1\" 200 17\n";

		this.desk.post("/reports", "text/plain", BodyPublishers.ofString(line)).isProblem(422, "too long");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/reports", "/checksums" })
	void refusesFormWithoutFile(String path) {
		this.desk.postForm(path).isProblem(400, "curl -F file=@name");
		this.desk.postForm(path, new Part("other", "a.log", BodyPublishers.ofString("a")))
			.isProblem(400, "curl -F file=@name");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/reports", "/checksums" })
	void refusesBrokenForm(String path) {
		this.desk.post(path, "multipart/form-data", BodyPublishers.ofString("a")).isProblem(400, "curl -F file=@name");
		this.desk.post(path, "multipart/form-data; boundary=a", BodyPublishers.ofString("--a\r\nhalf a part"))
			.isProblem(400, "curl -F file=@name");
	}

	@Test
	void computesChecksumsOfSeveralFiles() throws NoSuchAlgorithmException {
		List<byte[]> contents = List.of(this.log, new byte[0], new byte[] { 0, 1, (byte) 0xff });

		JsonNode checksums = this.desk
			.postForm("/checksums",
					IntStream.range(0, contents.size())
						.mapToObj((i) -> Part.file("$(id) " + i, BodyPublishers.ofByteArray(contents.get(i))))
						.toArray(Part[]::new))
			.json();

		assertThat(checksums.size()).isEqualTo(contents.size());
		MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
		for (int i = 0; i < contents.size(); i++) {
			assertThat(checksums.path(i).path("file").asString()).isEqualTo("$(id) " + i);
			assertThat(checksums.path(i).path("size").asInt()).isEqualTo(contents.get(i).length);
			assertThat(checksums.path(i).path("sha256").asString())
				.isEqualTo(HexFormat.of().formatHex(sha256.digest(contents.get(i))));
		}
	}

	@Test
	void computesChecksumOf200Megabytes() {
		long times = 200_000_000L / this.log.length;

		JsonNode checksums = this.desk.postForm("/checksums", Part.file("large.log", LogDesk.repeated(this.log, times)))
			.json();

		assertThat(checksums.path(0).path("size").asLong()).isEqualTo(this.log.length * times);
		assertThat(checksums.path(0).path("sha256").asString()).hasSize(64);
	}

	@Test
	void refusesTooManyFiles() {
		Part[] parts = Stream.generate(() -> Part.file("a", BodyPublishers.ofString("a")))
			.limit(100)
			.toArray(Part[]::new);

		this.desk.postForm("/checksums", parts).isProblem(413, "more than 50 files");
	}

	@Test
	void refusesChecksumOfBareBody() {
		this.desk.post("/checksums", "text/plain", BodyPublishers.ofString("a")).isProblem(415, "curl -F file=@name");
	}

	@Test
	void readsDisksRepeatedly() {
		JsonNode first = this.desk.get("/disk").json();

		assertThat(first.path("filesystems").valueStream())
			.anySatisfy((filesystem) -> assertThat(filesystem.path("mountedOn").asString()).isEqualTo("/"))
			.allSatisfy((filesystem) -> assertThat(filesystem.path("kilobytes").asLong())
				.isGreaterThanOrEqualTo(filesystem.path("used").asLong()));
		PATIENCE.untilAsserted(() -> assertThat(takenAt(this.desk.get("/disk").json())).isAfter(takenAt(first)));
	}

	@Test
	void showsActuatorEndpoints() {
		this.desk.post("/reports", "text/plain", BodyPublishers.ofByteArray(this.log)).json();

		assertThat(this.desk.get("/actuator/health").json().path("status").asString()).isEqualTo("UP");
		assertThat(this.desk.get("/actuator/processes").json().toString()).contains("inbox");
		assertThat(this.desk.get("/actuator/metrics/procession.execution?tag=name:access-log-report")
			.json()
			.path("measurements")
			.path(0)
			.path("value")
			.asDouble()).isGreaterThanOrEqualTo(5);
	}

	@Test
	void logsHintsOfReadmeAtStartup(CapturedOutput output) throws IOException {
		String readme = readme();

		assertThat(hints(output)).hasSize(3)
			.allSatisfy((hint) -> assertThat(readme)
				.contains("\n$ " + hint.replace(this.desk.url(), "http://localhost:8080") + "\n"));
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 2 })
	void respondsToItsHints(int number, CapturedOutput output) {
		assumeThat(this.desk.processes().shell("command -v curl").run().successful()).as("there is curl").isTrue();

		ProcessResult result = this.desk.processes().shell(hints(output).get(number)).run();

		assertThat(result).isSuccessful();
		assertThat(JsonMapper.shared().readTree(result.output()).has("status")).isFalse();
	}

	@Test
	void respondsAsShownInReadme() throws IOException {
		String shown = readme().split("/reports\n", 2)[1].split("\\.\\.\\.\n", 2)[0];

		Answer answer = this.desk.post("/reports", FORM, BodyPublishers.ofByteArray(this.log));

		assertThat(shown).isNotBlank();
		assertThat(answer.body()).startsWith(shown);
	}

	private static List<String> hints(CapturedOutput output) {
		return output.getOut().lines().map(String::strip).filter((line) -> line.startsWith("curl ")).toList();
	}

	private static String readme() throws IOException {
		return Files.readString(Path.of("README.md"));
	}

	private static Instant takenAt(JsonNode snapshot) {
		return Instant.parse(snapshot.path("takenAt").asString());
	}

	private static List<String> counts(JsonNode array) {
		List<String> counts = new ArrayList<>();
		array.forEach((count) -> counts.add(count.path("count").asLong() + " " + count.path("value").asString()));
		return counts;
	}

	private static List<String> top(List<String[]> lines, Function<String[], String> field) {
		Map<String, Long> counts = lines.stream().collect(Collectors.groupingBy(field, Collectors.counting()));
		return counts.entrySet()
			.stream()
			.sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
				.thenComparing(Map.Entry.comparingByKey()))
			.limit(5)
			.map((entry) -> entry.getValue() + " " + entry.getKey())
			.toList();
	}

}
