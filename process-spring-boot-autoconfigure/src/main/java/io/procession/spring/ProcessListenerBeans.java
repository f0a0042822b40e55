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

/**
 * Brings the events of managers to the {@link ProcessListener} beans. These are asked for
 * when all singletons are there, so that a listener may itself use the manager; what
 * happens before is told then, in order; who starts a process before is not asked.
 */
final class ProcessListenerBeans implements SmartInitializingSingleton {

	private static final Logger logger = LoggerFactory.getLogger(ProcessListenerBeans.class);

	private final ObjectProvider<ProcessManager> managers;

	private final ObjectProvider<ProcessListener> beans;

	private final Set<ProcessManager> connected = Collections.newSetFromMap(new IdentityHashMap<>());

	/** Guards the two below. */
	private final Object lock = new Object();

	private final Queue<ProcessEvent> early = new ArrayDeque<>();

	private @Nullable List<ProcessListener> listeners;

	ProcessListenerBeans(ObjectProvider<ProcessManager> managers, ObjectProvider<ProcessListener> beans) {
		this.managers = managers;
		this.beans = beans;
	}

	/** Listens to a manager, unless it does so already. */
	void connect(ProcessManager manager) {
		if (this.connected.add(manager)) {
			manager.addListener(new ProcessListener() {

				@Override
				public void beforeStart(ProcessStarting event) {
					ask(event);
				}

				@Override
				public void beforeStop(ProcessStopping event) {
					prepareStop(event);
				}

				@Override
				public void onEvent(ProcessEvent event) {
					ProcessListenerBeans.this.onEvent(event);
				}

			});
		}
	}

	@Override
	public void afterSingletonsInstantiated() {
		// one that a user has defined has not been connected yet
		this.managers.forEach(this::connect);
		List<ProcessListener> found = this.beans.orderedStream().toList();
		ProcessEvent next = nextEarly(found);
		while (next != null) {
			tell(found, next);
			next = nextEarly(found);
		}
	}

	private @Nullable ProcessEvent nextEarly(List<ProcessListener> found) {
		synchronized (this.lock) {
			if (this.early.isEmpty()) {
				this.listeners = found;
			}
			return this.early.poll();
		}
	}

	// those who are not there yet cannot be asked
	private void ask(ProcessStarting event) {
		present().forEach((listener) -> listener.beforeStart(event));
	}

	private void prepareStop(ProcessStopping event) {
		present().forEach((listener) -> call(event, () -> listener.beforeStop(event)));
	}

	private List<ProcessListener> present() {
		synchronized (this.lock) {
			return (this.listeners != null) ? this.listeners : List.of();
		}
	}

	private void onEvent(ProcessEvent event) {
		List<ProcessListener> present;
		synchronized (this.lock) {
			present = this.listeners;
			if (present == null) {
				this.early.add(event);
				return;
			}
		}
		tell(present, event);
	}

	private static void tell(List<ProcessListener> listeners, ProcessEvent event) {
		listeners.forEach((listener) -> call(event, () -> listener.onEvent(event)));
	}

	private static void call(ProcessEvent event, Runnable listener) {
		try {
			listener.run();
		}
		catch (RuntimeException ex) {
			logger.warn("Process listener failed: name={} event={}", event.name(), event.getClass().getSimpleName(),
					ex);
		}
	}

}
