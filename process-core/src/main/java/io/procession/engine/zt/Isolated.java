package io.procession.engine.zt;

import java.io.File;

import org.jspecify.annotations.Nullable;

import io.procession.isolation.ControlGroup;

/**
 * What is to be known of the isolation of a process while it lives: no arguments and no
 * environment.
 *
 * @param chain the tools that stood before it
 * @param executable the program
 * @param group the control group that it lives in, if it has one of its own
 */
record Isolated(ExecChain chain, @Nullable File executable, @Nullable ControlGroup group) {

	/** Nothing was asked for. */
	static final Isolated NOT = new Isolated(ExecChain.NONE, null, null);

	/**
	 * Tells whether a process never became its program, from all that it has written.
	 */
	boolean failed(int exitCode, String written) {
		return this.executable != null && this.chain.failed(exitCode, written, this.executable);
	}

}
