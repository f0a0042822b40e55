package io.procession.spring;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Queue;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;

import io.procession.ProcessManager;
import io.procession.event.ProcessEvent;
import io.procession.event.ProcessListener;
import io.procession.event.ProcessStarting;
import io.procession.event.ProcessStopping;
import io.procession.event.ProcessionEvent;

/**
 * Forwards the events of managers to the {@link ProcessListener} beans. The beans are
 * obtained once all singletons have been instantiated, so that a listener can use the
 * manager itself. Earlier events are then delivered in order. Processes started before
 * all singletons have been instantiated cannot be vetoed.
 */
final class ProcessListenerBeans implements SmartInitializingSingleton {

	private static final Logger logger = LoggerFactory.getLogger(ProcessListenerBeans.class);

	private final ObjectProvider<ProcessManager> managers;

	private final ObjectProvider<ProcessListener> beans;

	/** Guards the fields below. */
	private final Object lock = new Object();

	private final Set<ProcessManager> connected = Collections.newSetFromMap(new IdentityHashMap<>());

	/** The managers whose listeners are called before a stop. */
	private final Set<ProcessManager> connectedStops = Collections.newSetFromMap(new IdentityHashMap<>());

	private final Queue<ProcessionEvent> early = new ArrayDeque<>();

	private @Nullable List<ProcessListener> listeners;

	ProcessListenerBeans(ObjectProvider<ProcessManager> managers, ObjectProvider<ProcessListener> beans) {
		this.managers = managers;
		this.beans = beans;
	}

	/** Register a listener with a manager, unless already done. */
	void connect(ProcessManager manager) {
		synchronized (this.lock) {
			if (!this.connected.add(manager)) {
				return;
			}
		}
		manager.addListener(new ProcessListener() {

			@Override
			public void beforeStart(ProcessStarting event) {
				ask(event);
			}

			@Override
			public void onEvent(ProcessEvent event) {
				forward(event);
			}

			@Override
			public void onFeatureEvent(ProcessionEvent event) {
				forward(event);
			}

		});
		if (present().stream().anyMatch(ProcessListener::isCalledBeforeStop)) {
			connectStops(manager);
		}
	}

	// only if needed: a manager sends the signal of a stop at once unless a listener has
	// to be called before
	private void connectStops(ProcessManager manager) {
		synchronized (this.lock) {
			if (!this.connectedStops.add(manager)) {
				return;
			}
		}
		manager.addListener(new ProcessListener() {

			@Override
			public void beforeStop(ProcessStopping event) {
				present().forEach((listener) -> call(event, () -> listener.beforeStop(event)));
			}

			@Override
			public void onEvent(ProcessEvent event) {
				// delivered by the other listener
			}

		});
	}

	@Override
	public void afterSingletonsInstantiated() {
		// a manager bean that is defined by the application is not connected yet
		this.managers.forEach(this::connect);
		List<ProcessListener> found = this.beans.orderedStream().toList();
		ProcessionEvent next = nextEarly(found);
		while (next != null) {
			notify(found, next);
			next = nextEarly(found);
		}
		if (found.stream().anyMatch(ProcessListener::isCalledBeforeStop)) {
			List<ProcessManager> managers;
			synchronized (this.lock) {
				managers = List.copyOf(this.connected);
			}
			managers.forEach(this::connectStops);
		}
	}

	private @Nullable ProcessionEvent nextEarly(List<ProcessListener> found) {
		synchronized (this.lock) {
			if (this.early.isEmpty()) {
				this.listeners = found;
			}
			return this.early.poll();
		}
	}

	// listeners that do not exist yet cannot veto
	private void ask(ProcessStarting event) {
		present().forEach((listener) -> listener.beforeStart(event));
	}

	private List<ProcessListener> present() {
		synchronized (this.lock) {
			return (this.listeners != null) ? this.listeners : List.of();
		}
	}

	private void forward(ProcessionEvent event) {
		List<ProcessListener> present;
		synchronized (this.lock) {
			present = this.listeners;
			if (present == null) {
				this.early.add(event);
				return;
			}
		}
		notify(present, event);
	}

	private static void notify(List<ProcessListener> listeners, ProcessionEvent event) {
		listeners.forEach((listener) -> call(event, () -> deliver(listener, event)));
	}

	private static void deliver(ProcessListener listener, ProcessionEvent event) {
		if (event instanceof ProcessEvent processEvent) {
			listener.onEvent(processEvent);
		}
		else {
			listener.onFeatureEvent(event);
		}
	}

	private static void call(ProcessionEvent event, Runnable listener) {
		try {
			listener.run();
		}
		catch (RuntimeException ex) {
			logger.warn("Process listener failed: name={} event={}", event.name(), event.getClass().getSimpleName(),
					ex);
		}
	}

}
