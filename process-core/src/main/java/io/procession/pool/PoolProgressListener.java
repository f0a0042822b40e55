package io.procession.pool;

/**
 * Is told how far a pool has come. Called on a thread of the manager, one call at a time
 * and with growing numbers, one call for all that ended meanwhile; while it works the
 * pool starts nothing new and does not end, except that a stop and the deadline wait for
 * it no longer than the {@code drain}, and a close of the manager not at all. It may stop
 * the pool but not wait for its end. One that throws is logged.
 */
@FunctionalInterface
public interface PoolProgressListener {

	/**
	 * A process has ended, or will not be started any more.
	 * @param done how many have
	 * @param total how many there are
	 */
	void onProgress(int done, int total);

}
