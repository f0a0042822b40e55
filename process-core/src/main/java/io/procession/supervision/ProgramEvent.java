package io.procession.supervision;

import io.procession.event.ProcessionEvent;

/**
 * Event of a supervised program. Delivered to
 * {@link io.procession.event.ProcessListener#onFeatureEvent} of the listeners of the
 * manager whose launcher the supervisor uses; with Spring, also published as an
 * application event.
 */
public sealed interface ProgramEvent extends ProcessionEvent permits ProgramStateChanged {

	/**
	 * Return the name of the program, which is also that of its process.
	 * @return the name
	 */
	@Override
	String name();

}
