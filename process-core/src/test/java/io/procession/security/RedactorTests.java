package io.procession.security;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class RedactorTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|', ignoreLeadingAndTrailingWhitespace = true, quoteCharacter = '`', textBlock = """
			--password=x y&z                   | --password=***
			-Dspring.datasource.password=x     | -Dspring.datasource.password=***
			DB_PASSWORD=x                      | DB_PASSWORD=***
			X-Api-Key: x                       | X-Api-Key: ***
			https://h/p?a=b&token=x&c=d        | https://h/p?a=b&token=***&c=d
			https://user:x@host/path           | https://user:***@host/path
			jdbc:p://h/d?user=u;password=x     | jdbc:p://h/d?user=u;password=***
			{"password": "x", "user": "u"}     | {"password": "***", "user": "u"}
			run --token='x y' --user u         | run --token='***' --user u
			my.credentials.file=x              | my.credentials.file=***
			vcap_services={x}                  | vcap_services=***
			mysql --host=h --password=x -uroot | mysql --host=h --password=*** -uroot
			password="x                        | password="***
			{"password": "x\\"y", "user": "u"}  | {"password": "***", "user": "u"}
			run --token=x\\ y --user u         | run --token=*** --user u
			run --token=x,y --user u           | run --token=*** --user u
			run --token "x y" --user u         | run --token "***" --user u
			mysql --password x db              | mysql --password *** db
			run --token --user u               | run --token --user u
			https://user:x@y@host/path         | https://user:***@host/path
			passwords are kept=elsewhere       | passwords are kept=elsewhere
			--password=                        | --password=
			--user=x                           | --user=x
			https://host:8080/path             | https://host:8080/path
			-px                                | -px
			""")
	void hidesWhatHasTheNameOfASecret(String argument, String shown) {
		assertThat(Redactor.defaults().redact(List.of("tool", argument))).containsExactly("tool", shown);
	}

	@Test
	void hidesWhatFollowsAnOption() {
		assertThat(Redactor.defaults().redact(List.of("tool", "--password", "x", "-token", "-y", "--user", "z")))
			.containsExactly("tool", "--password", "***", "-token", "***", "--user", "z");
		assertThat(Redactor.defaults().find(List.of("tool", "--password", "long", "token=other", "key=abc")))
			.containsExactly("long", "other");
	}

	@Test
	void hidesValuesWhereverTheyAre() {
		Redactor redactor = Redactor.defaults().hiding(List.of("abc", "abcdef", " "));

		assertThat(redactor.hide("x abcdef abc")).isEqualTo("x *** ***");
		assertThat(redactor.redact(List.of("xabcx", "a b"))).containsExactly("x***x", "a b");
		assertThat(redactor.toString()).doesNotContain("abc");
	}

	@Test
	void hidesValuesWithoutTheBlanksAroundThem() {
		Redactor redactor = Redactor.defaults().hiding(List.of("\nhunter2\r\n"));

		assertThat(redactor.hide("wrong: 'hunter2'")).isEqualTo("wrong: '***'");
		assertThat(Redactor.isRecognisable(" abc\n")).isFalse();
	}

	@Test
	void hidesTheLinesOfAValueToo() {
		Redactor redactor = Redactor.defaults().hiding(List.of("BEGIN KEY\r\n  0123456789\nyes\nabcdefgh"));

		assertThat(redactor.hide("> 0123456789 | > yes | > abcdefgh")).isEqualTo("> *** | > yes | > ***");
	}

	@ParameterizedTest
	@ValueSource(strings = { "username=joe,password=hunter22,ro", "{password: hunter22, user: joe}",
			"psql postgres://joe:hunter22@host?mail=a@b", "-Dspring.datasource.password=hunter22 -Xmx1g",
			"`tool --token hunter22`", "(tool --token=hunter22)", "tool --token \\\n hunter22" })
	void findsTheValueThoughItsEndIsNotClear(String argument) {
		assertThat(Redactor.defaults().find(List.of(argument))).contains("hunter22");
		assertThat(Redactor.defaults().redact(List.of(argument)).get(0)).doesNotContain("hunter22");
	}

	@Test
	void takesNoQueryForAPassword() {
		String address = "http://localhost:8080?mail=joe@example.com";

		assertThat(Redactor.defaults().redact(List.of(address))).containsExactly(address);
	}

	@Test
	void hidesWhatTheEndsOfAPartLeaveOfValues() {
		Redactor redactor = Redactor.defaults().hiding(List.of("abcdef", "123456789"));

		assertThat(redactor.hideInPart("abcde, 2345678 abcdef 1234567", false)).isEqualTo("abcde, 2345678 *** ***");
		assertThat(redactor.hideInPart("3456789 abcdef 123456789 end abc", true)).isEqualTo("** *** end abc");
		assertThat(redactor.hideInPart("456", true)).isEmpty();
	}

	@Test
	void knowsOtherNames() {
		Redactor redactor = Redactor.of(List.of("pin", "x-.*"));

		assertThat(redactor.redact(List.of("PIN=1", "--x-any=2", "password=3", "pinned=4"))).containsExactly("PIN=***",
				"--x-any=***", "password=3", "pinned=4");
		assertThat(Redactor.of(List.of()).redact(List.of("password=3"))).containsExactly("password=3");
		assertThatIllegalArgumentException().isThrownBy(() -> Redactor.of(List.of("a(")))
			.withMessageStartingWith("'a(' is no regular expression: ");
		assertThatIllegalArgumentException().isThrownBy(() -> Redactor.of(List.of(" ")));
	}

	@Test
	@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
	void isNotSlowedDownByLongArguments() {
		for (String part : List.of("a", "-", "a=", "a:\"", " ", "://", "://a:", "://a:b@", "=", "token=", " -token x",
				"token=\"\\", "\\")) {
			String plain = part.repeat(200_000);
			String secret = "token" + plain;

			assertThat(Redactor.defaults().redact(List.of(plain, secret))).hasSize(2);
		}
	}

}
