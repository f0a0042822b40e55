package io.procession.execution;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Constructor;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import io.procession.concurrent.BackgroundLog;
import io.procession.concurrent.TimeSource;
import io.procession.concurrent.WorkerThreads;
import io.procession.event.ProcessEvent;
import io.procession.event.ProcessListener;
import io.procession.event.ProcessStarted;
import io.procession.event.ProcessStopping;
import io.procession.event.ProcessionEvent;
import io.procession.process.Origin;
import io.procession.testing.LogCapture;
import io.procession.testing.NoLeaks;

import static io.procession.testing.Bounds.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@ExtendWith(NoLeaks.class)
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class EventDispatcherTests {

	private final TimeSource time = TimeSource.system();

	private final WorkerThreads threads = new WorkerThreads();

	private final ScheduledExecutorService scheduler = Executors
		.newSingleThreadScheduledExecutor(this.threads.factory("procession-scheduler"));

	private final BackgroundLog log = new BackgroundLog(this.threads, this.time);

	private final CountDownLatch release = new CountDownLatch(1);

	private EventDispatcher events(Duration slow) {
		return new EventDispatcher(this.threads, this.log, this.time, this.scheduler, slow);
	}

	@AfterEach
	void shutDown() {
		this.release.countDown();
		this.scheduler.shutdownNow();
		this.log.close(SOON);
	}

	@Test
	void reportsListenerThatDelaysOthers() throws InterruptedException {
		EventDispatcher events = events(Duration.ofMillis(20));
		events.add(new Blocking(this.release));
		try (LogCapture capture = LogCapture.begin()) {

			publish(events, "slow");

			await().atMost(SOON)
				.untilAsserted(() -> assertThat(capture.text()).contains("has been running for more than PT0.02S",
						"listener=" + Blocking.class.getName(), "event=ProcessStarted", "name=slow",
						Blocking.class.getName() + ".onEvent("));
			this.release.countDown();
			events.close();
			assertThat(events.awaitEnd(SOON.toNanos())).isTrue();
		}
	}

	@Test
	void callsListenersBeforeStopOnlyIfAnyHandlesIt() {
		EventDispatcher events = events(SOON);
		events.add((event) -> {
		});
		ProcessListener stops = new ProcessListener() {

			@Override
			public void beforeStop(ProcessStopping event) {
				// nothing to do
			}

			@Override
			public void onEvent(ProcessEvent event) {
				// nothing to do
			}

		};

		assertThat(events.hasListenersBeforeStop(List.of())).isFalse();
		assertThat(events.hasListenersBeforeStop(List.of(stops))).isTrue();

		events.add(stops);
		assertThat(events.hasListenersBeforeStop(List.of())).isTrue();
		events.close();
	}

	@Test
	void callsListenerBeforeStopThatCannotBeInspected() throws Exception {
		ClassLoader loader = new ClassLoader(null) {

			@Override
			protected Class<?> findClass(String name) throws ClassNotFoundException {
				if (name.equals(Missing.class.getName())) {
					throw new ClassNotFoundException(name);
				}
				if (!name.equals(Incomplete.class.getName())) {
					return Class.forName(name);
				}
				try (InputStream bytes = Incomplete.class
					.getResourceAsStream("EventDispatcherTests$Incomplete.class")) {
					byte[] code = Objects.requireNonNull(bytes).readAllBytes();
					return defineClass(name, code, 0, code.length);
				}
				catch (IOException ex) {
					throw new ClassNotFoundException(name, ex);
				}
			}

		};
		Constructor<?> constructor = loader.loadClass(Incomplete.class.getName()).getConstructor();
		ProcessListener listener = (ProcessListener) constructor.newInstance();

		assertThat(ProcessListener.isCalledBeforeStop(listener)).isTrue();
	}

	@Test
	void doesNotReportFastListeners() throws InterruptedException {
		EventDispatcher events = events(SOON);
		events.add((event) -> {
		});
		try (LogCapture capture = LogCapture.begin()) {

			publish(events, "quick");

			events.close();
			assertThat(events.awaitEnd(SOON.toNanos())).isTrue();
			assertThat(capture.text()).doesNotContain("has been running");
		}
	}

	@Test
	void doesNotCallRemovedListener() throws InterruptedException {
		EventDispatcher events = events(SOON);
		List<String> received = new CopyOnWriteArrayList<>();
		ProcessListener removed = (event) -> received.add("removed " + event.name());
		events.add(removed);
		events.add((event) -> received.add("other " + event.name()));

		publish(events, "first");
		await().atMost(SOON).until(() -> received.size() == 2);
		events.remove(removed);
		publish(events, "second");

		events.close();
		assertThat(events.awaitEnd(SOON.toNanos())).isTrue();
		assertThat(received).containsExactly("removed first", "other first", "other second");
	}

	@Test
	void reportsBacklogOnceAndDropsNoEvent() throws InterruptedException {
		EventDispatcher events = events(SOON);
		List<String> notified = new ArrayList<>();
		events.add(new Blocking(this.release));
		events.add((event) -> notified.add(event.name()));
		try (LogCapture capture = LogCapture.begin()) {

			// one event is being delivered
			for (int i = 0; i < EventDispatcher.BACKLOG; i++) {
				publish(events, "waiting");
			}
			events.publish(() -> new FeatureEvent("one too many", Instant.EPOCH), List.of());
			publish(events, "another");

			await().atMost(SOON)
				.untilAsserted(() -> assertThat(capture.text()).contains("are waiting to be delivered"));
			this.release.countDown();
			events.close();
			assertThat(events.awaitEnd(SOON.toNanos())).isTrue();
			assertThat(notified).hasSize(EventDispatcher.BACKLOG + 1);
			assertThat(capture.text()).containsOnlyOnce("are waiting to be delivered");
		}
	}

	@Test
	void deliversEventsOfFeaturesInOrderWithThoseOfProcesses() throws InterruptedException {
		EventDispatcher events = events(SOON);
		List<String> notified = new CopyOnWriteArrayList<>();
		events.add((event) -> notified.add("processes only: " + event.name()));
		events.add(new Recording(notified));

		publish(events, "first");
		events.publish(() -> new FeatureEvent("second", Instant.EPOCH), List.of());
		publish(events, "third");

		events.close();
		assertThat(events.awaitEnd(SOON.toNanos())).isTrue();
		assertThat(notified).containsExactly("processes only: first", "process first", "feature second",
				"processes only: third", "process third");
	}

	@Test
	void callsOtherListenersAfterOneFailsForEventOfFeature() throws InterruptedException {
		EventDispatcher events = events(SOON);
		List<String> notified = new CopyOnWriteArrayList<>();
		events.add(new Failing());
		events.add(new Recording(notified));
		try (LogCapture capture = LogCapture.begin()) {

			events.publish(() -> new FeatureEvent("first", Instant.EPOCH), List.of());
			events.publish(() -> new FeatureEvent("second", Instant.EPOCH), List.of());

			events.close();
			assertThat(events.awaitEnd(SOON.toNanos())).isTrue();
			assertThat(notified).containsExactly("feature first", "feature second");
			await().atMost(SOON)
				.untilAsserted(() -> assertThat(capture.text())
					.contains("Process listener failed: name=first event=FeatureEvent", "planned exception"));
		}
	}

	private static void publish(EventDispatcher events, String name) {
		events.ensureStarted(List.of());
		events.publish(() -> new ProcessStarted("1", name, Instant.EPOCH, Origin.call(), 1, "x"), List.of());
	}

	private record Blocking(CountDownLatch release) implements ProcessListener {

		@Override
		public void onEvent(ProcessEvent event) {
			try {
				this.release.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

	}

	private record FeatureEvent(String name, Instant at) implements ProcessionEvent {

	}

	private record Recording(List<String> notified) implements ProcessListener {

		@Override
		public void onEvent(ProcessEvent event) {
			this.notified.add("process " + event.name());
		}

		@Override
		public void onFeatureEvent(ProcessionEvent event) {
			this.notified.add("feature " + event.name());
		}

	}

	private static final class Failing implements ProcessListener {

		@Override
		public void onEvent(ProcessEvent event) {
			// nothing to do
		}

		@Override
		public void onFeatureEvent(ProcessionEvent event) {
			throw new IllegalStateException("planned exception");
		}

	}

	/** A type that is missing at runtime. */
	public static final class Missing {

	}

	/** A listener with a method that refers to a missing type. */
	public static final class Incomplete implements ProcessListener {

		public @Nullable Missing missing() {
			return null;
		}

		@Override
		public void onEvent(ProcessEvent event) {
			// nothing to do
		}

	}

}
