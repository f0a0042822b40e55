package io.procession.engine.local;

import java.io.IOException;
import java.util.List;

/**
 * The way in which child processes are created and waited for, and nothing else: checks,
 * isolation, environment, markers, trees and the guard are the same for each of them.
 * <i>Thread-safe.</i>
 */
interface Spawner {

	/**
	 * Start a process.
	 * @param request the program to execute
	 * @return the process, which has executed the program or is about to
	 * @throws IOException if the operating system refuses, with the text that
	 * {@link StartDiagnosis} explains
	 */
	SpawnedProcess spawn(ExecRequest request) throws IOException;

	/**
	 * Start processes, the output of each of which is the input of the next one.
	 * @param requests the programs to execute; the input of the first one and the output
	 * of the last one are used, and the error of each
	 * @return the processes in the order of the requests
	 * @throws IOException if one of them cannot be started; those started until then have
	 * been killed, but not their descendants
	 */
	List<SpawnedProcess> spawnPipeline(List<ExecRequest> requests) throws IOException;

}
