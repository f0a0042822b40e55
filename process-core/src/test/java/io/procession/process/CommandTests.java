package io.procession.process;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

class CommandTests {

	@Test
	void hidesRepeatedSecret() {
		Command command = Command.of("app", "--url=http://h/hunter2").withArgument(Secret.of("hunter2"));

		assertThat(command).hasToString("app --url=http://h/*** ***");
		assertThat(ProcessSpec.builder(Command.of("app", "xhunter2")).secretEnv("A", Secret.of("hunter2")).build())
			.asString()
			.doesNotContain("hunter2");
		assertThat(ProcessSpec.of(Command.of("mysql --password=hunter2")).displayName())
			.isEqualTo("mysql --password=***");
	}

	@Test
	void preservesArgumentsVerbatim() {
		Command command = Command.of("ls", "-la", "", "a b", "$HOME");

		assertThat(command.program()).isEqualTo("ls");
		assertThat(command.arguments()).containsExactly("ls", "-la", "", "a b", "$HOME");
		assertThat(command.resolve(SecretResolver.none())).isEqualTo(command.arguments());
		assertThat(command.secrets()).isEmpty();
	}

	@Test
	void copiesGivenList() {
		List<String> arguments = new ArrayList<>(List.of("ls", "-l"));
		Command command = Command.of(arguments);

		arguments.set(0, "rm");

		assertThat(command).isEqualTo(Command.of("ls", "-l"));
	}

	@ParameterizedTest
	@CsvSource({ "ls, ls", "/usr/bin/pg_dump, pg_dump", "./run, run", "dir/, dir/" })
	void returnsNameOfProgram(String program, String name) {
		assertThat(Command.of(program).programName()).isEqualTo(name);
	}

	@Test
	void refusesInvalidPrograms() {
		assertThatIllegalArgumentException().isThrownBy(() -> Command.of(List.of())).withMessageContaining("empty");
		assertThatIllegalArgumentException().isThrownBy(() -> Command.of("")).withMessageContaining("empty");
		assertThatIllegalArgumentException().isThrownBy(() -> Command.of("  ", "x")).withMessageContaining("empty");
		assertThatIllegalArgumentException().isThrownBy(() -> Command.shell(" ")).withMessageContaining("empty");
		assertThatIllegalArgumentException().isThrownBy(() -> Command.parse("''")).withMessageContaining("empty");
	}

	@Test
	void refusesNullArguments() {
		assertThatNullPointerException().isThrownBy(() -> Command.of("ls", "-l", null))
			.withMessage("Argument 2 of command 'ls' must not be null");
		assertThatNullPointerException().isThrownBy(() -> Command.of("ls").withArgument((String) null))
			.withMessage("The argument must not be null");
		assertThatNullPointerException().isThrownBy(() -> Command.of(null, "-l"))
			.withMessage("The program of a command must not be null");
		assertThatNullPointerException().isThrownBy(() -> Command.of("ls", (String[]) null))
			.withMessage("The arguments of a command must not be null");
		assertThatNullPointerException().isThrownBy(() -> Command.parse(null))
			.withMessage("The command line must not be null");
		assertThatNullPointerException().isThrownBy(() -> Command.shell(null))
			.withMessage("The script of a shell command must not be null");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '@', quoteCharacter = '"', textBlock = """
			"cd /srv && ls" @ &&
			"ls | wc" @ |
			"date > log" @ >
			"date 2>&1" @ >
			"mysql shop < dump.sql" @ <
			"sleep 100 &" @ &
			"sleep 1 & date" @ &
			"sleep 1; date" @ ;
			"ls ~/logs" @ ~
			"echo $HOME" @ $HOME
			"echo ${HOME}/x" @ ${HOME}
			"echo $(date)" @ $(
			"echo `date`" @ `
			"C:\\tools\\run.exe x" @ \\
			""")
	void detectsShellSyntax(String line, String syntax) {
		assertThat(Command.parse(line).shellSyntax()).contains(syntax);
	}

	@ParameterizedTest
	@ValueSource(strings = { "echo '&& | > ; ~ $HOME'", "echo \"a && b | c\"", "echo \\; \\| \\~", "find . -name x~",
			"curl http://host/?a=1&b=2", "echo 5$", "echo a\\ b", "'C:\\tools\\run.exe'" })
	void detectsNoShellSyntaxInPlainText(String line) {
		assertThat(Command.parse(line).shellSyntax()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "mysql --password=pa$sw0rd", "mysql --password=${DB:-sw0rd}",
			"curl http://app:$sw0rd@host/ $sw0rd" })
	void showsNoPartOfSecretThatLooksLikeVariable(String line) {
		assertThat(Command.parse(line).shellSyntax()).contains("$");
	}

	@Test
	void detectsNoShellSyntaxInArguments() {
		assertThat(Command.of("echo", "|").shellSyntax()).isEmpty();
		assertThat(Command.shell("ls | wc").shellSyntax()).isEmpty();
	}

	@Test
	void refusesNulCharacters() {
		assertThatIllegalArgumentException().isThrownBy(() -> Command.of("l\0s")).withMessageContaining("NUL");
		assertThatIllegalArgumentException().isThrownBy(() -> Command.of("ls", "a", "b\0"))
			.withMessageContaining("NUL")
			.withMessageContaining("Argument 2")
			.withMessageContaining("ls");
		assertThatIllegalArgumentException().isThrownBy(() -> Command.of("ls").withArgument("\0"))
			.withMessageContaining("NUL");
		assertThatIllegalArgumentException().isThrownBy(() -> Command.shell("a\0b")).withMessageContaining("NUL");
		assertThatIllegalArgumentException().isThrownBy(() -> Command.parse("ls 'a\0'")).withMessageContaining("NUL");
	}

	@Test
	@DisabledOnOs(value = OS.WINDOWS, disabledReason = "there the shell is cmd.exe")
	void passesScriptAndParametersToShell() {
		assertThat(Command.shell("echo \"$1\"", "a b", "").arguments()).containsExactly("/bin/sh", "-c", "echo \"$1\"",
				"sh", "a b", "");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '§', quoteCharacter = '¤', textBlock = """
			ls                       § ls
			ls -la 'my dir'          § ls·-la·my dir
			  a   b\t c              § a·b·c
			a\\ b c                  § a b·c
			"a b" c                  § a b·c
			'a'"b"c                  § abc
			a'b c'd                  § ab cd
			a ''                     § a·
			a "" b                   § a··b
			a '\\' b                 § a·\\·b
			a "\\"" b                § a·"·b
			a "\\\\" b               § a·\\·b
			a "\\a" b                § a·\\a·b
			a "\\$x \\`y\\`"         § a·$x `y`
			a \\'b\\'                § a·'b'
			a "it's"                 § a·it's
			a 'say "hi"'             § a·say "hi"
			a $HOME * ~ ; | & > # !  § a·$HOME·*·~·;·|·&·>·#·!
			é 日本 😀                § é·日本·😀
			""")
	void splitsLineByPosixQuoting(String line, String arguments) {
		assertThat(Command.parse(line).arguments()).containsExactly(arguments.split("·", -1));
	}

	@Test
	void joinsLinesAtBackslash() {
		assertThat(Command.parse("ls \\\n -l\\\na \"b\\\nc\"").arguments()).containsExactly("ls", "-la", "bc");
		assertThat(Command.parse("ls\n-l\r\n-a").arguments()).containsExactly("ls", "-l", "-a");
		assertThat(Command.parse("echo 'a\nb'").arguments()).containsExactly("echo", "a\nb");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '§', textBlock = """
			ls 'open        § ' at position 3
			ls "open        § " at position 3
			'               § ' at position 0
			ls 'a' "b 'c'   § " at position 7
			ls "a\\"        § " at position 3
			""", quoteCharacter = '¤')
	void reportsPositionOfUnclosedQuote(String line, String message) {
		assertThatIllegalArgumentException().isThrownBy(() -> Command.parse(line)).withMessageContaining(message);
	}

	@Test
	void refusesTrailingBackslash() {
		assertThatIllegalArgumentException().isThrownBy(() -> Command.parse("ls \\"))
			.withMessageContaining("position 3");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "\n\t " })
	void refusesEmptyLine(String line) {
		assertThatIllegalArgumentException().isThrownBy(() -> Command.parse(line)).withMessageContaining("empty");
	}

	@Test
	void showsNoPasswordOfInvalidLine() {
		assertThatIllegalArgumentException().isThrownBy(() -> Command.parse("mysql -phunter2 'open"))
			.withMessageNotContaining("hunter2");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '§', quoteCharacter = '¤', textBlock = """
			a         § a
			a b       § 'a b'
			          § ''
			it's      § 'it'\\''s'
			$x        § '$x'
			a=b,c/d.e § a=b,c/d.e
			~         § '~'
			é         § 'é'
			""")
	void isShownAsTypedIntoShell(String argument, String shown) {
		assertThat(Command.of("x", (argument != null) ? argument : "")).hasToString("x " + shown);
	}

	@Test
	void isShownOnSingleLine() {
		String bidi = "a" + (char) 0x202e + "b" + (char) 0x2028;

		assertThat(Command.of("x", "a\nb", "\u001b[31m", "it's\r\\", bidi))
			.hasToString("x $'a\\nb' $'\\u001b[31m' $'it\\'s\\r\\\\' $'a\\u202eb\\u2028'");
		assertThat(Command.of("x\ny").summary()).isEqualTo("$'x\\ny'");
		assertThat(Command.parse(Command.of("x", "a\nb", "\u001b", "it's\r\\", bidi).toString()).arguments())
			.containsExactly("x", "a\nb", "\u001b", "it's\r\\", bidi);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '\u00a7', quoteCharacter = '\u00a4', textBlock = """
			a$'b\\'c'd    \u00a7 ab'cd
			$'\\x41\\u0042' \u00a7 AB
			$'\\q\\?\\"'     \u00a7 \\q?"
			"$'a'"        \u00a7 $'a'
			'$'a          \u00a7 $a
			$ $a$         \u00a7 $\u00b7$a$
			""")
	void parsesDollarSingleQuotes(String line, String arguments) {
		assertThat(Command.parse(line).arguments()).containsExactly(arguments.split("\u00b7", -1));
	}

	@Test
	void refusesUnclosedDollarSingleQuotes() {
		assertThatIllegalArgumentException().isThrownBy(() -> Command.parse("ls $'a\\'"))
			.withMessageContaining("' at position 4");
	}

	@Test
	void parsesItsOwnRepresentation() {
		Random random = new Random(42);
		String alphabet = "ab '\"\\$`*?~#;&|<>()[]{}!=\t\n\r\u00e9\u65e5%+-_.,:/@0";
		for (int i = 0; i < 5000; i++) {
			List<String> arguments = new ArrayList<>();
			arguments.add("program");
			for (int count = random.nextInt(5); count > 0; count--) {
				StringBuilder argument = new StringBuilder();
				for (int length = random.nextInt(8); length > 0; length--) {
					argument.append(alphabet.charAt(random.nextInt(alphabet.length())));
				}
				arguments.add(argument.toString());
			}
			Command command = Command.of(arguments);

			assertThat(Command.parse(command.toString())).isEqualTo(command);
		}
	}

	@Test
	void hidesSecretArguments() {
		Command command = Command.of("mysql").withArgument("-u").withArgument(Secret.of("hunter2")).withArgument("db");

		assertThat(command).hasToString("mysql -u *** db");
		assertThat(command.arguments()).containsExactly("mysql", "-u", "***", "db");
		assertThat(command.secrets()).containsExactly(Secret.of("hunter2"));
		assertThat(command.resolve(SecretResolver.none())).containsExactly("mysql", "-u", "hunter2", "db");
	}

	@Test
	void resolvesReferencedSecrets() {
		Command command = Command.of("a").withArgument(Secret.reference("x")).withArgument(Secret.reference("y"));

		assertThat(command.resolve((name) -> name + name)).containsExactly("a", "xx", "yy");
		assertThatIllegalArgumentException().isThrownBy(() -> command.resolve(SecretResolver.none()))
			.withMessageContaining("'x'");
		assertThatIllegalArgumentException().isThrownBy(() -> command.resolve((name) -> "a\0"))
			.withMessageContaining("NUL");
	}

	@Test
	void isAValue() {
		Command command = Command.of("a", "b");

		assertThat(command).isEqualTo(Command.parse("a b")).hasSameHashCodeAs(Command.of("a").withArgument("b"));
		assertThat(command).isNotEqualTo(Command.of("a", "c")).isNotEqualTo(Command.of("a")).isNotEqualTo("a b");
		assertThat(Command.of("a").withArgument(Secret.of("1")))
			.isNotEqualTo(Command.of("a").withArgument(Secret.of("2")))
			.isNotEqualTo(Command.of("a", "***"))
			.isEqualTo(Command.of("a").withArgument(Secret.of("1")));
	}

}
