package io.procession.engine.local;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class ExecChainTests {

	@ParameterizedTest
	@ValueSource(strings = { "LD_PRELOAD", "LD_LIBRARY_PATH", "LD_AUDIT", "GCONV_PATH", "MALLOC_CHECK_",
			"GLIBC_TUNABLES", "LOCPATH", "NLSPATH", "HOSTALIASES", "RES_OPTIONS", "TZDIR", "BASH_ENV", "BASH_FUNC_x%%",
			"ENV", "SHELLOPTS", "BASHOPTS", "PS4", "IFS" })
	void detectsVariablesReadByTools(String name) {
		assertThat(ExecChain.isReadByTools(name)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "PATH", "HOME", "LANG", "LC_ALL", "TZ", "LDAP_URL", "MY_LD_PRELOAD", "ENVIRONMENT",
			"APP_ENV", "ld_preload" })
	void leavesOtherVariables(String name) {
		assertThat(ExecChain.isReadByTools(name)).isFalse();
	}

}
