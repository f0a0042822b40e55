package io.procession.isolation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link ControlGroups} with a directory that contains the files of {@code
 * cgroups(7)}.
 */
class ControlGroupsTests {

	@TempDir
	Path base;

	private ControlGroups groups;

	@BeforeEach
	void delegate() throws IOException {
		Files.writeString(this.base.resolve("cgroup.controllers"), "cpu io memory pids\n");
		Files.writeString(this.base.resolve("cgroup.subtree_control"), "cpu memory\n");
		Files.writeString(this.base.resolve("cgroup.procs"), "");
		this.groups = ControlGroups.detect(this.base);
	}

	@Test
	void supportsLimitsOfItsControllers() {
		assertThat(this.groups.whyNot("memory")).isEmpty();
		assertThat(this.groups.whyNot("pids")).isEmpty();
		assertThat(this.groups.whyNot("hugetlb")).get().asString().contains("lacks the controller 'hugetlb'");
	}

	@Test
	void cannotEnableControllersWhileOccupied() throws IOException {
		Files.writeString(this.base.resolve("cgroup.procs"), "17\n");

		assertThat(this.groups.whyNot("memory")).isEmpty();
		assertThat(this.groups.whyNot("pids")).get()
			.asString()
			.contains("'" + this.base + "' contains processes itself");
	}

	@Test
	void requiresControlGroupDirectory() {
		assertThat(ControlGroups.detect(this.base.resolve("none")).whyNot("memory")).get()
			.asString()
			.contains("is not a cgroup v2 directory");
	}

	@Test
	void writesTheLimits() throws IOException {
		ControlGroup group = this.groups.create("one", new TreeLimits(1L << 20, 0.5, 7L));

		Path directory = this.base.resolve("one");
		assertThat(directory.resolve("memory.max")).hasContent("1048576");
		assertThat(directory.resolve("cpu.max")).hasContent("50000 100000");
		assertThat(directory.resolve("pids.max")).hasContent("7");
		assertThat(this.base.resolve("cgroup.subtree_control")).hasContent("+pids");
		assertThat(group.entrance()).isEqualTo(directory.resolve("cgroup.procs"));
	}

	@Test
	void writesOnlyConfiguredLimits() throws IOException {
		this.groups.create("one", TreeLimits.none().withMemory(1 << 20));

		assertThat(this.base.resolve("one")).isDirectoryNotContaining("glob:**cpu.max");
		assertThat(this.base.resolve("cgroup.subtree_control")).hasContent("cpu memory");
	}

	@Test
	void refusesExistingName() throws IOException {
		Files.createDirectory(this.base.resolve("one"));

		assertThatExceptionOfType(IsolationException.class)
			.isThrownBy(() -> this.groups.create("one", TreeLimits.none()))
			.withMessageContaining("delegated");
	}

	@Test
	void findsMembersOfNestedGroups() throws IOException {
		ControlGroup group = this.groups.create("one", TreeLimits.none());
		Files.writeString(group.entrance(), "12\n0\n34\n");
		Path inner = Files.createDirectories(this.base.resolve("one/inner/most"));
		Files.writeString(inner.resolve("cgroup.procs"), "56\n");

		assertThat(group.members()).containsExactlyInAnyOrder(12L, 34L, 56L);
	}

	@Test
	void killsThroughKernelWhereSupported() throws IOException {
		ControlGroup group = this.groups.create("one", TreeLimits.none());
		Path kill = this.base.resolve("one/cgroup.kill");

		assertThat(group.kill()).isFalse();
		Files.writeString(kill, "");
		assertThat(group.kill()).isTrue();
		assertThat(kill).hasContent("1");
	}

	@Test
	void removesNestedGroups() throws IOException {
		ControlGroup group = this.groups.create("one", TreeLimits.none());
		Files.createDirectories(this.base.resolve("one/inner/most"));

		assertThat(group.remove()).isTrue();
		assertThat(this.base.resolve("one")).doesNotExist();
		assertThat(group.remove()).isTrue();
		assertThat(group.members()).isEmpty();
	}

	@Test
	void findsTheMount() {
		assertThat(ControlGroups.mount("""
				25 30 0:22 / /proc rw - proc proc rw
				31 30 0:26 / /sys/fs/cgroup/unified rw,relatime shared:9 - cgroup2 cgroup2 rw
				""")).isEqualTo("/sys/fs/cgroup/unified");
		assertThat(ControlGroups.mount("25 30 0:22 / /proc rw - proc proc rw\n")).isNull();
	}

}
