package io.procession.isolation;

import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class IsolationTests {

	@Test
	void isEmptyByDefault() {
		assertThat(Isolation.none().isEmpty()).isTrue();
		assertThat(Isolation.none().withCpuAffinity().isEmpty()).isTrue();
		assertThat(Isolation.none().withUmask("022").isEmpty()).isFalse();
	}

	@Test
	void usesDefaultsForUnsetValues() {
		Isolation defaults = new Isolation(RunAs.user("a"),
				new ResourceLimits(1L, 2L, 3L, Duration.ofSeconds(4), 5L, 6L), new TreeLimits(7L, 8.0, 9L),
				new Priority(10, IoClass.BEST_EFFORT, 1, Scheduling.IDLE),
				Isolation.none().withCpuAffinity(2).cpuAffinity(), 13, "0014", true, true);

		assertThat(Isolation.none().over(defaults)).isEqualTo(defaults);
		assertThat(defaults.over(Isolation.none())).isSameAs(defaults);
		Isolation own = Isolation.none()
			.withLimits(ResourceLimits.none().withOpenFiles(20))
			.withPriority(Priority.none().withIo(IoClass.IDLE))
			.withNoNewPrivileges(false);
		Isolation both = own.over(defaults);
		assertThat(both.limits()).isEqualTo(defaults.limits().withOpenFiles(20));
		// a level belongs to its class
		assertThat(both.priority()).isEqualTo(new Priority(10, IoClass.IDLE, null, Scheduling.IDLE));
		assertThat(both.noNewPrivileges()).isFalse();
		assertThat(both.newSession()).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "22", "27", "00027", "0800", "u=rwx", "0x1f", "-027", "0027 " })
	void refusesInvalidUmask(String umask) {
		assertThatIllegalArgumentException().isThrownBy(() -> Isolation.none().withUmask(umask))
			.withMessageContaining("in quotes");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "-x", "a b", "a:b", "a,b", "a\0b", "a\nb" })
	void refusesInvalidNames(String name) {
		assertThatIllegalArgumentException().isThrownBy(() -> RunAs.user(name));
		assertThatIllegalArgumentException().isThrownBy(() -> RunAs.user("a").withGroup(name));
		assertThatIllegalArgumentException().isThrownBy(() -> RunAs.user("a").withSupplementaryGroups(name));
	}

	@Test
	void refusesInvalidNumbers() {
		assertThatIllegalArgumentException().isThrownBy(() -> Priority.ofNice(20));
		assertThatIllegalArgumentException().isThrownBy(() -> Priority.ofNice(-21));
		assertThatIllegalArgumentException().isThrownBy(() -> Priority.none().withIo(IoClass.BEST_EFFORT, 8));
		assertThatIllegalArgumentException().isThrownBy(() -> Priority.none().withIo(IoClass.IDLE, 1));
		assertThatIllegalArgumentException().isThrownBy(() -> ResourceLimits.none().withOpenFiles(0));
		assertThatIllegalArgumentException().isThrownBy(() -> ResourceLimits.none().withCoreSize(-1));
		assertThatIllegalArgumentException()
			.isThrownBy(() -> ResourceLimits.none().withCpuTime(Duration.ofMillis(1500)));
		assertThatIllegalArgumentException().isThrownBy(() -> TreeLimits.none().withMemory(0));
		assertThatIllegalArgumentException().isThrownBy(() -> TreeLimits.none().withCpus(Double.NaN));
		assertThatIllegalArgumentException().isThrownBy(() -> TreeLimits.none().withTasks(0));
		assertThatIllegalArgumentException().isThrownBy(() -> Isolation.none().withCpuAffinity(-1));
		assertThatIllegalArgumentException().isThrownBy(() -> Isolation.none().withOomScoreAdjustment(1001));
	}

	@Test
	void readsCapabilitiesOfJvm() {
		String status = "Name:\tjava\nUid:\t1000\t1000\t1000\t1000\nGid:\t1001\t1\t1\t1\nGroups:\t4 27 \n"
				+ "CapInh:\t0000000000000000\nCapEff:\t00000000000000e0\nCapBnd:\t000001ffffffffff\nCapAmb:\t%s\n";

		// capabilities from a file are not inherited
		JvmStatus plain = JvmStatus.parse(status.formatted("0000000000000000"));
		assertThat(plain.has(JvmStatus.Capability.CAP_SETUID)).isFalse();
		assertThat(plain.groups()).containsExactlyInAnyOrder(4L, 27L);
		assertThat(plain.gid()).isEqualTo(1001);
		assertThat(plain.inherited()).isFalse();
		JvmStatus ambient = JvmStatus.parse(status.formatted("0000000000000080"));
		assertThat(ambient.has(JvmStatus.Capability.CAP_SETUID)).isTrue();
		assertThat(ambient.has(JvmStatus.Capability.CAP_KILL)).isFalse();
		assertThat(ambient.inherited()).isTrue();
		assertThat(JvmStatus.parse(status.replace("1000", "0").formatted("0")).has(JvmStatus.Capability.CAP_KILL))
			.isTrue();
	}

	@Test
	void readsLimitsAndLists() {
		String limits = "Limit                     Soft Limit           Hard Limit           Units     \n"
				+ "Max cpu time              unlimited            unlimited            seconds   \n"
				+ "Max open files            1024                 524288               files     \n";

		assertThat(JvmStatus.hardLimits(limits))
			.isEqualTo(Map.of("Max cpu time", Long.MAX_VALUE, "Max open files", 524288L));
		assertThat(JvmStatus.numbers("0-2,5\n")).containsExactly(0, 1, 2, 5);
		assertThat(JvmStatus.numbers("")).isEmpty();
	}

}
