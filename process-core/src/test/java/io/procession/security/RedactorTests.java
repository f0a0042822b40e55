package io.procession.security;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
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
	void hidesValuesNamedLikeSecrets(String argument, String shown) {
		assertThat(Redactor.defaults().redact(List.of("tool", argument))).containsExactly("tool", shown);
	}

	@Test
	void hidesValueAfterOption() {
		assertThat(Redactor.defaults().redact(List.of("tool", "--password", "x", "-token", "-y", "--user", "z")))
			.containsExactly("tool", "--password", "***", "-token", "***", "--user", "z");
		assertThat(Redactor.defaults().find(List.of("tool", "--password", "long", "token=other", "key=abc")))
			.containsExactly("long", "other");
	}

	@Test
	void hidesValuesAnywhere() {
		Redactor redactor = Redactor.defaults().hiding(List.of("abc", "abcdef", " "));

		assertThat(redactor.hide("x abcdef abc")).isEqualTo("x *** ***");
		assertThat(redactor.redact(List.of("xabcx", "a b"))).containsExactly("x***x", "a b");
		assertThat(redactor.toString()).doesNotContain("abc");
	}

	@Test
	void hidesValuesWithoutSurroundingBlanks() {
		Redactor redactor = Redactor.defaults().hiding(List.of("\nhunter2\r\n"));

		assertThat(redactor.hide("wrong: 'hunter2'")).isEqualTo("wrong: '***'");
		assertThat(Redactor.isRecognisable(" abc\n")).isFalse();
	}

	@Test
	void hidesLinesOfMultilineValue() {
		Redactor redactor = Redactor.defaults().hiding(List.of("BEGIN KEY\r\n  0123456789\nyes\nabcdefgh"));

		assertThat(redactor.hide("> 0123456789 | > yes | > abcdefgh")).isEqualTo("> *** | > yes | > ***");
	}

	@ParameterizedTest
	@ValueSource(strings = { "username=joe,password=hunter22,ro", "{password: hunter22, user: joe}",
			"psql postgres://joe:hunter22@host?mail=a@b", "-Dspring.datasource.password=hunter22 -Xmx1g",
			"`tool --token hunter22`", "(tool --token=hunter22)", "tool --token \\\n hunter22" })
	void findsValueWithAmbiguousEnd(String argument) {
		assertThat(Redactor.defaults().find(List.of(argument))).contains("hunter22");
		assertThat(Redactor.defaults().redact(List.of(argument)).get(0)).doesNotContain("hunter22");
	}

	@ParameterizedTest
	@ValueSource(strings = { "--passwd", "--pass", "--passphrase", "--pwd", "--auth", "--bearer", "--secret-id",
			"--vault-secret-id", "--db-pass", "--oauth2-bearer", "-pass", "--keyPass" })
	void detectsShortNamesOfOptions(String option) {
		assertThat(Redactor.defaults().redact(List.of("tool", option, "hunter22", "x"))).containsExactly("tool", option,
				"***", "x");
		assertThat(Redactor.defaults().redact(List.of(option + "=hunter22"))).containsExactly(option + "=***");
		assertThat(Redactor.defaults().find(List.of("tool", option, "hunter22"))).containsExactly("hunter22");
	}

	@Test
	void doesNotMistakeOtherWordsForNames() {
		Redactor redactor = Redactor.defaults();
		List<String> arguments = List.of("tool", "--compass", "x", "--bypass", "x", "--author", "x", "--secretary=x",
				"PWD=/srv/app", "OLDPWD=/srv", "ssh://git@host/a.git", "mail me@host");

		assertThat(redactor.redact(arguments)).isEqualTo(arguments);
		assertThat(redactor.isSecret("PWD")).isFalse();
		assertThat(redactor.isSecret("MYSQL_PWD")).isTrue();
		assertThat(redactor.isSecret("pwd")).isTrue();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', ignoreLeadingAndTrailingWhitespace = true, quoteCharacter = '`', textBlock = """
			Authorization: Bearer hunter22              | Authorization: Bearer ***
			Authorization: hunter22                     | Authorization: ***
			proxy-authorization: basic hunter22         | proxy-authorization: basic ***
			--header=Authorization: Bearer hunter22     | --header=Authorization: Bearer ***
			curl -H "Authorization: token hunter22" url | curl -H "Authorization: token ***" url
			{"authorization": "Bearer hunter22"}        | {"authorization": "Bearer ***"}
			grpcurl bearer hunter22 x                   | grpcurl bearer *** x
			https://hunter22@host/x                     | https://***@host/x
			git clone http://hunter22@host/x            | git clone http://***@host/x
			""")
	void findsSecretsInHeadersAndUrls(String argument, String shown) {
		assertThat(Redactor.defaults().redact(List.of(argument))).containsExactly(shown);
		assertThat(Redactor.defaults().find(List.of(argument))).contains("hunter22").doesNotContain("Bearer");
	}

	@ParameterizedTest
	@CsvSource({ "curl -u me:hunter22 url, curl -u me:*** url", "curl --user me:hunter22, curl --user me:***",
			"curl -sSu me:hunter22, curl -sSu me:***", "curl -ume:hunter22, curl -ume:***",
			"curl --proxy-user=me:hunter22, curl --proxy-user=me:***", "curl -u me url, curl -u me url",
			"/usr/bin/env A=b curl -U me:hunter22, /usr/bin/env A=b curl -U me:***",
			"wget --password=hunter22 --http-password=hunter22, wget --password=*** --http-password=***",
			"mysql -uroot -phunter22 db, mysql -uroot -p*** db", "mysql -p db, mysql -p db",
			"sshpass -p hunter22 ssh host, sshpass -p *** ssh host", "sshpass -phunter22, sshpass -p***",
			"redis-cli -a hunter22 get x, redis-cli -a *** get x", "http -a me:hunter22 url, http -a *** url",
			"ldapsearch -x -w hunter22, ldapsearch -x -w ***", "zip -P hunter22 x.zip, zip -P *** x.zip",
			"openssl rsa -passin pass:hunter22, openssl rsa -passin ***", "sort -u me:x -p5, sort -u me:x -p5",
			"docker run -p 80:80 x, docker run -p 80:80 x" })
	void detectsOptionsOfKnownPrograms(String line, String shown) {
		List<String> arguments = List.of(line.split(" "));

		assertThat(Redactor.defaults().redact(arguments)).isEqualTo(List.of(shown.split(" ")));
		if (line.contains("hunter22") && !line.contains(":hunter22")) {
			assertThat(Redactor.defaults().find(arguments)).contains("hunter22");
		}
	}

	@Test
	void detectsUserOptionOfCurlInScript() {
		assertThat(Redactor.defaults().redact(List.of("sh", "-c", "curl -su 'me:hunter22' https://host | sort -u")))
			.containsExactly("sh", "-c", "curl -su 'me:***' https://host | sort -u");
	}

	private static final String SECRET = "p&s\"w/ \u00f6+=<1>'\\2\ud83d\ude00$";

	@ParameterizedTest
	@ValueSource(strings = { "p%26s%22w%2F%20%C3%B6%2B%3D%3C1%3E%27%5C2%F0%9F%98%80%24",
			"p%26s%22w%2f+%c3%b6%2b%3d%3c1%3e%27%5c2%f0%9f%98%80%24", "p%26s%22w/%20%C3%B6+=%3C1%3E'%5C2%F0%9F%98%80$",
			"p&s\\\"w\\/ \\u00f6+=<1>'\\\\2\\ud83d\\ude00$",
			"p\\u0026s\\\"w/ \u00f6+\\u003d\\u003c1\\u003E\\u0027\\\\2\ud83d\ude00$",
			"p&amp;s&quot;w/ \u00f6+=&lt;1&gt;&#39;\\2\ud83d\ude00$",
			"p&#x26;s&#34;w/ &#246;+=&lt;1&gt;&apos;\\2&#128512;$",
			"p\\&s\\\"w/\\ \u00f6+=\\<1\\>\\'\\\\2\ud83d\ude00\\$" })
	void hidesEscapedValue(String escaped) {
		Redactor redactor = Redactor.defaults().hiding(List.of(SECRET));

		assertThat(redactor.hide("a?b=" + escaped + "&c")).isEqualTo("a?b=***&c");
		assertThat(redactor.redact(List.of("x" + escaped))).containsExactly("x***");
		assertThat(redactor.hide(escaped.replaceFirst("p", "q"))).isEqualTo(escaped.replaceFirst("p", "q"));
	}

	@Test
	void hidesEncodedValue() {
		byte[] bytes = "hunter22-correct-horse".getBytes(StandardCharsets.UTF_8);
		Redactor redactor = Redactor.defaults().hiding(List.of("hunter22-correct-horse"));

		assertThat(redactor.hide("x " + HexFormat.of().formatHex(bytes) + " y")).isEqualTo("x *** y");
		assertThat(redactor.hide(HexFormat.of().withUpperCase().formatHex(bytes))).isEqualTo("***");
		assertThat(redactor.hide("x " + Base64.getEncoder().encodeToString(bytes) + " y")).isEqualTo("x *** y");
		for (String before : List.of("u:", "me:", "user:", "a-user:")) {
			String basic = Base64.getEncoder()
				.encodeToString((before + "hunter22-correct-horse;x").getBytes(StandardCharsets.UTF_8));
			assertThat(redactor.hide("Basic " + basic)).as(before).contains("***").hasSizeLessThan(35);
		}
	}

	@Test
	void hidesValueWithControlCharacters() {
		Redactor redactor = Redactor.defaults().hiding(List.of("hunter22"));

		assertThat(redactor.hide("a hun\rter22 b")).isEqualTo("a *** b");
		assertThat(redactor.hide("a hun\r\nt\u001b[1;31mer22 b")).isEqualTo("a *** b");
		assertThat(redactor.hide("a hun ter22 b")).isEqualTo("a hun ter22 b");
	}

	@Test
	void hidesTruncatedEncodedValuesAtEnds() {
		Redactor redactor = Redactor.defaults().hiding(List.of("a\"b&c<d>e"));
		String escaped = "a%22b%26c%3Cd%3Ee";

		for (int cut = escaped.indexOf('b'); cut < escaped.length(); cut++) {
			assertThat(redactor.hideInPart("x " + escaped.substring(0, cut), false)).as(escaped.substring(0, cut))
				.doesNotContain("b%26c%3Cd");
		}
		assertThat(redactor.hideInPart("x a%22b%26c%3", false)).isEqualTo("x ***");
		assertThat(Redactor.defaults()
			.hiding(List.of("a\"b&c<d>e&f<g"))
			.hideInPart("22b%26c%3Cd%3Ee%26f%3Cg and more", true)).isEqualTo("*** and more");
	}

	@Test
	void updatesWhenSourceChanges() {
		List<List<String>> given = new ArrayList<>(List.of(List.of("abcd")));
		Redactor redactor = Redactor.defaults().hiding(() -> given.get(0));

		assertThat(redactor.hide("abcd efgh")).isEqualTo("*** efgh");
		given.set(0, List.of("abcd", "efgh"));
		assertThat(redactor.hide("abcd efgh")).isEqualTo("*** ***");
	}

	@Test
	void doesNotMistakeQueryForPassword() {
		String address = "http://localhost:8080?mail=joe@example.com";

		assertThat(Redactor.defaults().redact(List.of(address))).containsExactly(address);
	}

	@Test
	void hidesTruncatedValuesAtEnds() {
		Redactor redactor = Redactor.defaults().hiding(List.of("abcdef", "123456789"));

		assertThat(redactor.hideInPart("abcde, 2345678 abcdef 1234567", false)).isEqualTo("abcde, 2345678 *** ***");
		assertThat(redactor.hideInPart("3456789 abcdef 123456789 end abc", true)).isEqualTo("** *** end abc");
		assertThat(redactor.hideInPart("456", true)).isEmpty();
	}

	@Test
	void hidesConfiguredNames() {
		Redactor redactor = Redactor.of(List.of("pin", "x-.*"));

		assertThat(redactor.redact(List.of("PIN=1", "--x-any=2", "password=3", "pinned=4"))).containsExactly("PIN=***",
				"--x-any=***", "password=3", "pinned=4");
		assertThat(Redactor.of(List.of()).redact(List.of("password=3"))).containsExactly("password=3");
		assertThatIllegalArgumentException().isThrownBy(() -> Redactor.of(List.of("a(")))
			.withMessageStartingWith("'a(' is not a regular expression: ");
		assertThatIllegalArgumentException().isThrownBy(() -> Redactor.of(List.of(" ")));
	}

	@Test
	@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
	void handlesLongArgumentsQuickly() {
		for (String part : List.of("a", "-", "a=", "a:\"", " ", "://", "://a:", "://a:b@", "=", "token=", " -token x",
				"token=\"\\", "\\", "authorization: ", "bearer ", "http://", "curl -u ", "curl -u a:", "%", "&")) {
			String plain = part.repeat(200_000);
			String secret = "token" + plain;

			assertThat(Redactor.defaults().redact(List.of(plain, secret))).hasSize(2);
		}
	}

}
