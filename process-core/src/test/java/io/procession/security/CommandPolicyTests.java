package io.procession.security;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import io.procession.testing.RequiresProgram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

@EnabledOnOs(OS.LINUX)
class CommandPolicyTests {

	private static final byte[] BINARY = { 0x7f, 'E', 'L', 'F', 0 };

	private Path directory;

	@BeforeEach
	void resolve(@TempDir Path directory) throws IOException {
		this.directory = directory.toRealPath();
	}

	private Path program(String path) throws IOException {
		return program(path, BINARY);
	}

	private Path script(String path, String text) throws IOException {
		return program(path, text.getBytes());
	}

	private Path program(String path, byte[] content) throws IOException {
		Path file = this.directory.resolve(path);
		Files.createDirectories(file.getParent());
		Files.write(file, content);
		return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
	}

	private Path link(String path, Path target) throws IOException {
		Path link = this.directory.resolve(path);
		Files.createDirectories(link.getParent());
		return Files.createSymbolicLink(link, target);
	}

	private static CommandPolicy.Verdict judge(CommandPolicy policy, Path file, String... arguments) {
		List<String> vector = new ArrayList<>(List.of(file.toString()));
		vector.addAll(Arrays.asList(arguments));
		return policy.judge(file, vector, (name) -> Executables.find(name, null, null));
	}

	private static boolean allows(CommandPolicy policy, Path file, String... arguments) {
		return judge(policy, file, arguments).start() != null;
	}

	@Test
	void allowsOnlyNamedPrograms() throws IOException {
		Path tool = program("a/tool");
		CommandPolicy policy = CommandPolicy.builder().allow(tool.toString()).build();

		assertThat(judge(policy, tool).start()).isEqualTo(tool);
		assertThat(judge(policy, this.directory.resolve("a/../a/./tool")).start()).isEqualTo(tool);
		assertThat(judge(policy, program("b/tool")).rule()).isEqualTo("the policy, which does not allow it");
		assertThat(allows(policy, program("a/TOOL"))).isFalse();
		assertThat(allows(policy, this.directory.resolve("a/tool/.."))).isFalse();
	}

	@Test
	void resolvesLinks() throws IOException {
		Path tool = program("a/tool");
		Path evil = program("evil");
		CommandPolicy policy = CommandPolicy.builder().allow(tool.toString()).build();

		Path link = link("b/tool", tool);
		assertThat(judge(policy, link).start()).as("not the link, which may be turned").isEqualTo(tool);
		assertThat(judge(policy, link("b/other", link)).start()).isEqualTo(tool);
		assertThat(allows(policy, link("c/tool", evil))).isFalse();
		link("linked", this.directory.resolve("a"));
		assertThat(judge(policy, this.directory.resolve("linked/tool")).start()).isEqualTo(tool);
		assertThat(allows(policy, this.directory.resolve("linked/../evil"))).isFalse();
	}

	@Test
	void startsNamedLinkByItsName() throws IOException {
		Path tool = program("versions/tool-1.2");
		Path link = link("bin/tool", tool);
		CommandPolicy policy = CommandPolicy.builder().allow(link.toString()).build();

		assertThat(judge(policy, link).start()).isEqualTo(link);
		assertThat(judge(policy, tool).start()).isEqualTo(tool);
		assertThat(judge(policy, link("elsewhere/tool", link)).start()).isEqualTo(tool);
		Files.delete(link);
		link("bin/tool", program("versions/tool-1.3"));
		assertThat(judge(policy, link).start()).as("turned by an update").isEqualTo(link);
	}

	@Test
	void allowsDirectoryButNotTargetsOfItsLinks() throws IOException {
		Path tool = program("tools/deep/tool");
		CommandPolicy policy = CommandPolicy.builder().allow(this.directory.resolve("tools").toString()).build();

		assertThat(allows(policy, tool)).isTrue();
		assertThat(allows(policy, link("tools/inside", tool))).isTrue();
		assertThat(allows(policy, link("tools/outside", program("evil")))).isFalse();
		assertThat(allows(policy, program("tools-evil/tool"))).isFalse();
		assertThat(allows(policy, program("tools/bash"))).as("shells are to be named").isFalse();
	}

	@Test
	void deniesEvenIfAllowed() throws IOException {
		Path tool = program("tools/tool");
		Path denied = program("tools/denied");
		CommandPolicy policy = CommandPolicy.builder()
			.allow(this.directory.resolve("tools").toString())
			.deny(denied.toString())
			.build();

		assertThat(allows(policy, tool)).isTrue();
		assertThat(judge(policy, denied).rule()).isEqualTo("the rule 'deny " + denied + "'");
		assertThat(allows(policy, link("tools/other", denied))).isFalse();
		assertThat(allows(policy, Files.createLink(this.directory.resolve("tools/hard"), denied))).isFalse();
	}

	@Test
	void matchesWholeArguments() throws IOException {
		Path git = program("git");
		CommandPolicy policy = CommandPolicy.builder()
			.allow(git.toString(), "clone|--depth", "\\d+", "https://example\\.org/.*")
			.build();
		CommandPolicy denying = CommandPolicy.builder().deny(git.toString(), "-c.*", "--upload-pack.*").build();

		assertThat(allows(policy, git, "clone", "--depth", "1", "https://example.org/a.git")).isTrue();
		assertThat(allows(policy, git)).isTrue();
		assertThat(allows(policy, git, "clone", "https://example.org/a.git", "--upload-pack=sh")).isFalse();
		assertThat(allows(policy, git, "clone\n")).isFalse();
		assertThat(allows(denying, git, "clone")).isTrue();
		assertThat(allows(denying, git, "clone", "-ccore.pager=sh")).isFalse();
		assertThat(allows(denying, git, "-c\nx")).isFalse();
	}

	@Test
	void deniesShellsWhenDisabled() throws IOException {
		CommandPolicy policy = CommandPolicy.builder().deny(program("denied").toString()).build();

		for (String name : List.of("sh", "bash", "zsh", "env", "xargs", "sudo", "busybox", "ld-linux-x86-64.so.2",
				"PowerShell.exe")) {
			assertThat(judge(policy, program("bin/" + name)).rule()).as(name).contains("shells");
			assertThat(allows(policy, link("link/" + name, program("harmless")))).as("a link named " + name).isFalse();
		}
		for (String name : List.of("choom", "uclampset", "runcon", "gosu", "su-exec", "tini", "dumb-init", "zsh5",
				"ksh2020", "bash-5.2", "bash-static", "bsd-csh", "busybox.static", "toybox-x86_64")) {
			assertThat(judge(policy, program("more/" + name)).rule()).as(name).contains("shells");
		}
		assertThat(allows(policy, link("harmless2", program("bin/dash")))).isFalse();
		assertThat(allows(policy, program("bin/git"))).isTrue();
		assertThat(allows(policy, Path.of("/bin/../bin/sh"))).isFalse();
	}

	@Test
	void allowsNamedShells() throws IOException {
		Path bash = program("bash");

		assertThat(allows(CommandPolicy.builder().allow(bash.toString()).build(), bash)).isTrue();
		assertThat(allows(CommandPolicy.builder().allow(this.directory.toString()).build(), bash)).isFalse();
		assertThat(allows(CommandPolicy.builder().allow(this.directory.toString()).allowShells().build(), bash))
			.isTrue();
		assertThat(allows(CommandPolicy.builder().allow(program("a").toString()).allowShells().build(), bash))
			.isFalse();
	}

	@Test
	void checksInterpretersOfScripts() throws IOException {
		Path perl = program("bin/perl");
		Path script = script("script", "#! " + perl + " -w\n");
		Path nested = script("nested", "#!" + script + "\n");
		Path byEnv = script("by-env", "#!/usr/bin/env -S A=b sort -u\n");
		CommandPolicy denyingPerl = CommandPolicy.builder().deny(perl.toString()).build();

		assertThat(judge(denyingPerl, script).rule())
			.isEqualTo("the rule 'deny " + perl + "', which applies to the interpreter of the script");
		assertThat(judge(denyingPerl, nested).rule()).contains("deny " + perl);
		assertThat(allows(CommandPolicy.builder().deny("sort").allowShells().build(), byEnv)).isFalse();
		assertThat(allows(CommandPolicy.builder().deny("cat").allowShells().build(), byEnv)).isTrue();
		assertThat(allows(CommandPolicy.builder().allow(script.toString()).deny(perl.toString()).build(), script))
			.isFalse();
	}

	@Test
	void checksInterpretersStartedThroughEnv() throws IOException {
		CommandPolicy policy = CommandPolicy.builder().deny("sort").allowShells().build();
		Path env = link("my-env", Path.of("/usr/bin/env"));
		Path setsid = program("bin/setsid");
		Path inner = script("inner", "#!/usr/bin/env -S sort\n");

		for (String line : List.of("/usr/bin/env -Ssort", "/usr/bin/env -vSsort -u", "/usr/bin/env --split-string=sort",
				"/usr/bin/env --sp sort", "/usr/bin/env -S -i A=b sort", "/usr/bin/env -S -u HOME sort",
				"/usr/bin/env -S -iu cat sort", "/usr/bin/env -S --unset cat sort", "/usr/bin/env -S nice cat sort",
				"/usr/bin/env -S -uxu sort", "/usr/bin/env -S -uLua sort", "/usr/bin/env -S --uns cat sort",
				"/usr/bin/env -S env sort", "/usr/bin/env " + inner, env + " sort", setsid + " sort",
				setsid + " -w sort")) {
			assertThat(judge(policy, script("denied", "#!" + line + "\n")).rule()).as(line).contains("deny sort");
		}
		for (String line : List.of("/usr/bin/env cat", "/usr/bin/env -S cat sort", "/usr/bin/env -S -u sort cat",
				"/usr/bin/env -S PATHS=/x cat")) {
			assertThat(allows(policy, script("allowed", "#!" + line + "\n"))).as(line).isTrue();
		}
	}

	@Test
	void refusesAmbiguousEnvLine() throws IOException {
		CommandPolicy policy = CommandPolicy.builder().deny("sort").allowShells().build();
		CommandPolicy allowing = CommandPolicy.builder().allow(this.directory.toString()).build();

		for (String line : List.of("-S so\"rt\"", "-S 'sort'", "-S so\\crt", "-S ${SORT}", "-S PATH=/other sort",
				"-S -C / ./sort", "-S --chdir=/ ./sort", "-S -iC/ ./sort", "-S\fsort", "-S\u000bsort", "-S\rsort",
				"-SPATH=/other sort", "-S-C/ ./sort")) {
			Path script = script("told", "#!/usr/bin/env " + line + "\n");
			assertThat(judge(policy, script).rule()).as(line)
				.isEqualTo("the policy: the first line of '" + script + "' does not identify its interpreter");
			assertThat(allows(allowing, script)).as("who allows a script trusts it").isTrue();
		}
	}

	@Test
	void refusesTooManyNestedInterpreters() throws IOException {
		CommandPolicy policy = CommandPolicy.builder().deny("sort").allowShells().build();
		Path inner = script("inner", "#!/usr/bin/env -S sort\n");

		assertThat(allows(policy, script("told", "#!/usr/bin/env -S " + "env ".repeat(10) + inner + "\n"))).isFalse();
	}

	@Test
	void readsFirstLineLikeKernel() throws IOException {
		Path harmless = program("bin/harmless");
		Path script = script("script", "#! \t" + harmless + "\r\n");
		CommandPolicy policy = CommandPolicy.builder().deny("sort").allowShells().build();

		assertThat(judge(policy, script).rule())
			.isEqualTo("the policy: its interpreter '" + harmless + "\\r' does not exist");
		link("bin/harmless\r", Path.of("/usr/bin/sort"));
		assertThat(judge(policy, script).rule()).contains("deny sort");
	}

	@Test
	void treatsTruncatedLineAsShellScript() throws IOException {
		Path tool = program("x".repeat(100) + "/" + "y".repeat(100) + "/tool");
		Path script = script("script", "#!" + " ".repeat(256 - tool.toString().length()) + tool + "\n");
		Path blank = script("blank", "#!" + " ".repeat(300) + tool + "\n");
		Path empty = script("empty", "#!\n");
		CommandPolicy denyingSh = CommandPolicy.builder().deny("sh").allowShells().build();
		CommandPolicy shellsOff = CommandPolicy.builder().deny(program("denied").toString()).build();

		for (Path file : List.of(script, blank, empty)) {
			assertThat(judge(denyingSh, file).rule()).as(file.toString())
				.isEqualTo("the rule 'deny sh', which applies to the interpreter of the script");
			assertThat(judge(shellsOff, file).rule()).as(file.toString()).contains("shells");
		}
	}

	@Test
	void readsArgumentOfLineLikeKernel() throws IOException {
		CommandPolicy policy = CommandPolicy.builder().deny("sort").allowShells().build();
		String start = "#!/usr/bin/env -S";

		// only 255 bytes are read; the newline is beyond them
		Path cut = script("cut", start + " ".repeat(251 - start.length()) + "sortable\n");
		Path whole = script("whole", start + " ".repeat(245 - start.length()) + "sortable\n");

		assertThat(judge(policy, cut).rule()).contains("deny sort");
		assertThat(allows(policy, whole)).isTrue();
	}

	@Test
	void refusesUnresolvableInterpreter() throws IOException {
		CommandPolicy policy = CommandPolicy.builder().deny("sort").allowShells().build();

		assertThat(judge(policy, script("relative", "#!bin/x\n")).rule()).contains("is a relative path");
		assertThat(judge(policy, script("missing", "#!/no/such\n")).rule())
			.isEqualTo("the policy: its interpreter '/no/such' does not exist");
	}

	@Test
	void treatsShellScriptAsShellUnlessAllowed() throws IOException {
		Path script = script("script", "#!/bin/sh\necho\n");
		Path withoutFirstLine = script("plain", "echo pwned\n\0");
		CommandPolicy denying = CommandPolicy.builder().deny(program("denied").toString()).build();

		assertThat(allows(denying, script)).isFalse();
		assertThat(allows(denying, withoutFirstLine)).isFalse();
		assertThat(allows(denying, script("zero", "#!/bin/sh\0x\n"))).isFalse();
		assertThat(allows(CommandPolicy.builder().allow(script.toString()).build(), script)).isTrue();
		assertThat(allows(CommandPolicy.builder().allow(this.directory.toString()).build(), withoutFirstLine)).isTrue();
	}

	@Test
	void distinguishesBusyboxApplets() throws IOException {
		Path busybox = program("bin/busybox");
		Path ls = link("bin/ls", busybox);
		Path sh = link("bin/sh", busybox);
		CommandPolicy policy = CommandPolicy.builder().allow(ls.toString()).build();

		assertThat(judge(policy, ls, "-l").start()).isEqualTo(ls);
		assertThat(judge(policy, busybox, "ls").start()).isEqualTo(busybox);
		assertThat(allows(policy, sh)).isFalse();
		assertThat(allows(policy, busybox, "sh")).isFalse();
		assertThat(allows(policy, busybox)).isFalse();
		assertThat(allows(policy, link("evil/ls", busybox), "sh")).as("would be what its argument says").isFalse();
		CommandPolicy denying = CommandPolicy.builder().deny(ls.toString()).allowShells().build();
		assertThat(allows(denying, sh)).isTrue();
		assertThat(allows(denying, busybox, "ls")).isFalse();
		assertThat(allows(denying, busybox, "busybox", "ls")).isFalse();
		assertThat(allows(denying, script("of-ls", "#!" + busybox + " ls\n"))).isFalse();
		assertThat(allows(denying, script("of-cat", "#!" + busybox + " cat\n"))).isTrue();
		assertThat(allows(CommandPolicy.builder().deny(busybox.toString()).allowShells().build(), sh)).isFalse();
	}

	@Test
	void usesLastPathComponentAsBusyboxApplet() throws IOException {
		Path busybox = program("bin/busybox");
		Path rm = link("bin/rm", busybox);
		CommandPolicy shellsOff = CommandPolicy.builder().deny(program("denied").toString()).build();
		CommandPolicy directory = CommandPolicy.builder().allow(this.directory.resolve("bin").toString()).build();
		CommandPolicy denying = CommandPolicy.builder().deny(rm.toString()).allowShells().build();

		for (String[] shell : new String[][] { { "/x/sh", "-c", "id" }, { "x/../ash" }, { "busyboxx", "sh" },
				{ "/y/busybox.old", "busybox", "/x/sh" } }) {
			assertThat(judge(shellsOff, busybox, shell).rule()).as(String.join(" ", shell)).contains("shells");
			assertThat(judge(directory, busybox, shell).rule()).as(String.join(" ", shell)).contains("shells");
		}
		assertThat(allows(shellsOff, busybox, "/x/cat")).isTrue();
		assertThat(allows(directory, busybox, "/x/cat")).isTrue();
		assertThat(judge(denying, busybox, "/x/rm", "-r").rule()).isEqualTo("the rule 'deny " + rm + "'");
		assertThat(allows(denying, busybox, "busyboxx", "/x/rm")).isFalse();
		assertThat(allows(denying, busybox, "/rm/cat")).isTrue();
	}

	@Test
	void treatsNamesWithBusyboxPrefixAsBusybox() throws IOException {
		Path busybox = program("bin/busybox");
		Path link = link("bin/busyboxx", busybox);
		Path copy = program("bin/busybox_copy");
		CommandPolicy shellsOff = CommandPolicy.builder().deny(program("denied").toString()).build();
		CommandPolicy directory = CommandPolicy.builder().allow(this.directory.resolve("bin").toString()).build();

		for (Path file : List.of(link, copy, program("bin/toyboxx"))) {
			assertThat(judge(shellsOff, file, "sh", "-c", "id").rule()).as(file.toString()).contains("shells");
			assertThat(judge(shellsOff, file).rule()).as(file.toString()).contains("shells");
			assertThat(allows(directory, file, "sh", "-c", "id")).as(file.toString()).isFalse();
			assertThat(allows(shellsOff, file, "cat")).as(file.toString()).isTrue();
		}
		assertThat(judge(shellsOff, link("bin2/busybox", program("bin/bash")), "-c", "id").rule()).contains("shells");
	}

	@Test
	void deniesBusyboxAppletByName() throws IOException {
		Path busybox = program("bin/busybox");
		CommandPolicy policy = CommandPolicy.builder().deny("sort").allowShells().build();

		assertThat(allows(policy, busybox, "sort")).isFalse();
		assertThat(allows(policy, busybox, "/x/sort")).isFalse();
		assertThat(allows(policy, link("sort", busybox))).isFalse();
		assertThat(allows(policy, busybox, "cat", "sort")).isTrue();
	}

	@Test
	void refusesScriptWhoseInterpreterDependsOnItsName() throws IOException {
		Path busybox = program("bin/busybox");
		CommandPolicy policy = CommandPolicy.builder().deny("sort").allowShells().build();

		for (String line : List.of(busybox.toString(), "/usr/bin/env " + busybox,
				"/usr/bin/env -S " + busybox + " busybox")) {
			Path script = script("sort", "#!" + line + "\n");
			assertThat(judge(policy, script).rule()).as(line)
				.isEqualTo("the policy: the first line of '" + script + "' does not identify its interpreter");
		}
		assertThat(allows(policy, script("sort", "#!" + busybox + " cat\n"))).isTrue();
	}

	@Test
	@RequiresProgram("busybox")
	void checksBusyboxLikeItsBehavior() throws Exception {
		Path busybox = Executables.find("busybox", null, null).orElseThrow();
		Path link = link("busyboxx", busybox);
		CommandPolicy policy = CommandPolicy.builder().deny("sort").build();

		for (List<String> shell : List.of(List.of(busybox.toString(), "/x/sh"),
				List.of(busybox.toString(), "busyboxx", "sh"), List.of(link.toString(), "sh"))) {
			List<String> command = new ArrayList<>(shell);
			command.addAll(List.of("-c", "exit 42"));
			assertThat(new ProcessBuilder(command).start().waitFor()).as("is a shell: %s", shell).isEqualTo(42);
			assertThat(judge(policy, Path.of(shell.get(0)), command.stream().skip(1).toArray(String[]::new)).rule())
				.as(shell.toString())
				.contains("shells");
		}
	}

	@Test
	void detectsBusyboxAppletByHardLink() throws IOException {
		Path busybox = program("bin/busybox");
		Path rm = Files.createLink(this.directory.resolve("bin/rm"), busybox);
		CommandPolicy policy = CommandPolicy.builder().deny(rm.toString()).build();

		assertThat(allows(policy, rm)).isFalse();
		assertThat(allows(policy, busybox, "rm", "-r")).isFalse();
		assertThat(allows(policy, busybox, "ls")).isTrue();
	}

	@Test
	void distinguishesCoreutilsPrograms() throws IOException {
		Path coreutils = program("bin/coreutils");
		CommandPolicy policy = CommandPolicy.builder().deny(link("bin/rm", coreutils).toString()).build();

		assertThat(allows(policy, coreutils, "--coreutils-prog=ls", "-l")).isTrue();
		assertThat(allows(policy, coreutils, "--coreutils-prog=rm", "x")).isFalse();
		assertThat(judge(policy, coreutils, "--coreutils-prog=env", "sh").rule()).contains("shells");
		assertThat(judge(policy, coreutils, "--coreutils-prog-shebang=nice", "nice", "sh").rule()).contains("shells");
	}

	@Test
	void appliesRulesOfBothCoreutils() throws IOException {
		Path coreutils = program("bin/coreutils");
		Path rm = link("bin/rm", coreutils);
		CommandPolicy policy = CommandPolicy.builder().deny(rm.toString()).build();

		assertThat(allows(policy, coreutils, "rm", "x")).as("uutils").isFalse();
		assertThat(allows(policy, link("my-rm", coreutils), "x")).as("uutils, a prefix").isFalse();
		assertThat(allows(policy, link("other", coreutils), "rm", "x")).as("uutils, an unknown name").isFalse();
		assertThat(allows(policy, link("other2", coreutils), "--coreutils-prog=rm", "x")).as("GNU").isFalse();
		assertThat(judge(policy, link("other3", coreutils), "env", "sh").rule()).contains("shells");
		assertThat(allows(policy, link("bin/ls", coreutils), "rm", "env")).isTrue();
		assertThat(allows(policy, coreutils, "ls", "--coreutils-prog=rm")).isTrue();
	}

	@Test
	void deniesArgumentTooLongForPattern() throws IOException {
		Path tool = program("tool");
		String argument = "ab".repeat(50_000);

		for (CommandPolicy policy : List.of(CommandPolicy.builder().allow(tool.toString(), "(a|b)*").build(),
				CommandPolicy.builder().deny(tool.toString(), "(a|b)*c").build())) {
			assertThat(judge(policy, tool, argument).rule()).contains("too long for the patterns of its rules");
		}
	}

	@Test
	void refusesInvalidRules() throws IOException {
		String tool = program("tools/tool").toString();
		CommandPolicy.Builder builder = CommandPolicy.builder();

		assertThatIllegalArgumentException().isThrownBy(() -> builder.allow("no-such-program"))
			.withMessage("program 'no-such-program' not found in the PATH of the JVM: use its path");
		assertThatIllegalArgumentException().isThrownBy(() -> builder.deny("/no/such"))
			.withMessage("no such program or directory: '/no/such'");
		assertThatIllegalArgumentException().isThrownBy(() -> builder.allow(" "));
		assertThatIllegalArgumentException().isThrownBy(() -> builder.allow("./tool"))
			.withMessageContaining("must be an absolute path");
		assertThatIllegalArgumentException().isThrownBy(() -> builder.allow(tool, "("))
			.withMessageStartingWith("'(' is not a regular expression: ");
		assertThatIllegalArgumentException().isThrownBy(CommandPolicy.builder().allow(tool).deny(tool)::build)
			.withMessageContaining("is both allowed and denied");
		assertThatIllegalArgumentException()
			.isThrownBy(CommandPolicy.builder().allow(tool, "x").deny(this.directory.toString())::build);
		assertThat(CommandPolicy.builder().allow(this.directory.toString()).deny(tool).build()).isNotNull();
		assertThat(CommandPolicy.builder().allow(tool).deny(tool, "-x").build()).isNotNull();
	}

}
