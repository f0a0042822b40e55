package io.procession.isolation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class AccountsTests {

	@TempDir
	Path folder;

	private Accounts accounts;

	@BeforeEach
	void writeFiles() throws IOException {
		Path passwd = Files.writeString(this.folder.resolve("passwd"), """
				root:x:0:0:root:/root:/bin/bash
				+::::::
				broken:x:
				app:x:1000:1001:An Application,,,:/srv/app:
				12:x:77:78::/twelve:/bin/sh
				""");
		Path group = Files.writeString(this.folder.resolve("group"), """
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
	void takesGroupAndFurtherGroupsFromTheFiles() {
		assertThat(this.accounts.resolve(RunAs.user("app")))
			.isEqualTo(new Account(1000, 1001, Set.of(4L, 44L), "app", "/srv/app", "/bin/sh"));
	}

	@Test
	void resolvesWhatWasSaid() {
		Account account = this.accounts
			.resolve(RunAs.user("app").withGroup("log").withSupplementaryGroups("video", "7"));

		assertThat(account.gid()).isEqualTo(4);
		assertThat(account.groups()).containsExactlyInAnyOrder(44L, 7L);
		assertThat(this.accounts.resolve(RunAs.user("app").withSupplementaryGroups()).groups()).isEmpty();
	}

	@Test
	void takesNumbers() {
		assertThat(this.accounts.resolve(RunAs.user("1000")).name()).isEqualTo("app");
		// a name of digits comes first, as in chown(1)
		assertThat(this.accounts.resolve(RunAs.user("12")).uid()).isEqualTo(77);
		assertThat(this.accounts.resolve(RunAs.user("999").withGroup("998")))
			.isEqualTo(new Account(999, 998, Set.of(), null, "/", null));
	}

	@Test
	void asksForWhatIsInNoFile() {
		assertThat(this.accounts.resolve(RunAs.user("ldap-user").withGroup("ldap-group")))
			.isEqualTo(new Account(5000, 5002, Set.of(), "ldap-user", "/home/ldap", "/bin/zsh"));
	}

	@Test
	void refusesWhatIsNowhere() {
		assertUnknown(RunAs.user("nobody-here"), "useradd -r nobody-here");
		assertUnknown(RunAs.user("broken"), "there is no user 'broken'");
		assertUnknown(RunAs.user("app").withGroup("none"), "there is no group 'none'");
		assertUnknown(RunAs.user("999"), "name the group too");
		// to the kernel it means "no change"
		assertUnknown(RunAs.user("4294967295").withGroup("0"), "there is no user '4294967295'");
	}

	private void assertUnknown(RunAs runAs, String message) {
		assertThatExceptionOfType(IsolationException.class).isThrownBy(() -> this.accounts.resolve(runAs))
			.withMessageContaining(message)
			.matches(IsolationException::isUnknownAccount);
	}

}
