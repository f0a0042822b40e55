package io.procession.isolation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class AccountsTests {

	@TempDir
	Path directory;

	private Accounts accounts;

	@BeforeEach
	void writeFiles() throws IOException {
		Path passwd = Files.writeString(this.directory.resolve("passwd"), """
				root:x:0:0:root:/root:/bin/bash
				+::::::
				broken:x:
				app:x:1000:1001:An Application,,,:/srv/app:
				12:x:77:78::/twelve:/bin/sh
				""");
		Path group = Files.writeString(this.directory.resolve("group"), """
				root:x:0:
				app:x:1001:
				log:x:4:app,syslog
				video:x:44:root,app
				app-admin:x:50:apps
				""");
		this.accounts = new Accounts(passwd, group, (database, key) -> switch (database + " " + key) {
			case "passwd ldap-user" -> Optional.of("ldap-user:*:5000:5001::/home/ldap:/bin/zsh\n");
			case "group ldap-group" -> Optional.of("ldap-group:*:5002:\n");
			default -> Optional.empty();
		});
	}

	@Test
	void readsGroupsFromFiles() {
		assertThat(this.accounts.resolve(RunAs.user("app")))
			.isEqualTo(new Account(1000, 1001, Set.of(4L, 44L), "app", "/srv/app", "/bin/sh"));
	}

	@Test
	void resolvesConfiguredAccount() {
		Account account = this.accounts
			.resolve(RunAs.user("app").withGroup("log").withSupplementaryGroups("video", "7"));

		assertThat(account.gid()).isEqualTo(4);
		assertThat(account.groups()).containsExactlyInAnyOrder(44L, 7L);
		assertThat(this.accounts.resolve(RunAs.user("app").withSupplementaryGroups()).groups()).isEmpty();
	}

	@Test
	void acceptsNumericIds() {
		assertThat(this.accounts.resolve(RunAs.user("1000")).name()).isEqualTo("app");
		// a name of digits comes first, as in chown(1)
		assertThat(this.accounts.resolve(RunAs.user("12")).uid()).isEqualTo(77);
		assertThat(this.accounts.resolve(RunAs.user("999").withGroup("998")))
			.isEqualTo(new Account(999, 998, Set.of(), null, "/", null));
	}

	@Test
	void queriesAccountsMissingInFiles() {
		assertThat(this.accounts.resolve(RunAs.user("ldap-user").withGroup("ldap-group")))
			.isEqualTo(new Account(5000, 5002, Set.of(), "ldap-user", "/home/ldap", "/bin/zsh"));
	}

	@Test
	void refusesUnknownAccounts() {
		assertUnknown(RunAs.user("nobody-here"), "useradd -r nobody-here");
		assertUnknown(RunAs.user("broken"), "no such user 'broken'");
		assertUnknown(RunAs.user("app").withGroup("none"), "no such group 'none'");
		assertUnknown(RunAs.user("999"), "specify the group as well");
		// to the kernel it means "no change"
		assertUnknown(RunAs.user("4294967295").withGroup("0"), "no such user '4294967295'");
	}

	@ParameterizedTest
	@ValueSource(strings = { "4294967295", "4294967296", "18446744073709551616", "+0", "00000000000", "00", "0x0" })
	void refusesNumericIdsOutOfRange(String number) {
		// as getent(1), which reads such a key by strtoul(3)
		Accounts wrapping = new Accounts(this.directory.resolve("passwd"), this.directory.resolve("group"), (database,
				key) -> Optional.of(database.equals("passwd") ? "root:x:0:0:root:/root:/bin/bash\n" : "root:x:0:\n"));

		assertUnknown(wrapping, RunAs.user(number), "no such user '" + number + "'");
		assertUnknown(wrapping, RunAs.user("app").withGroup(number), "no such group '" + number + "'");
		assertUnknown(wrapping, RunAs.user("app").withSupplementaryGroups(number), "no such group '" + number + "'");
	}

	@ParameterizedTest
	@ValueSource(strings = { "0", "00", "+0", "4294967296" })
	void doesNotQueryNumericIds(String number) {
		List<String> lookups = new ArrayList<>();
		Accounts recording = new Accounts(this.directory.resolve("none"), this.directory.resolve("none"),
				(database, key) -> {
					lookups.add(database + " " + key);
					return Optional.empty();
				});

		assertThatExceptionOfType(IsolationException.class).isThrownBy(() -> recording.resolve(RunAs.user(number)));

		assertThat(lookups).isEmpty();
	}

	private void assertUnknown(RunAs runAs, String message) {
		assertUnknown(this.accounts, runAs, message);
	}

	private static void assertUnknown(Accounts accounts, RunAs runAs, String message) {
		assertThatExceptionOfType(IsolationException.class).isThrownBy(() -> accounts.resolve(runAs))
			.withMessageContaining(message)
			.matches(IsolationException::isUnknownAccount);
	}

}
