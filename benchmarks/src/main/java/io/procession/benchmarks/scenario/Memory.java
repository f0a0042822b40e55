package io.procession.benchmarks.scenario;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Memory of this JVM, as reported by Linux ({@code proc(5)}).
 */
final class Memory {

	private Memory() {
	}

	/**
	 * Return the resident memory.
	 * @return how many KiB
	 */
	static double resident() throws IOException {
		return status("VmRSS:");
	}

	/**
	 * The most that has been in RAM.
	 * @return how many KiB
	 */
	static double peakResident() throws IOException {
		return status("VmHWM:");
	}

	private static double status(String label) throws IOException {
		for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
			if (line.startsWith(label)) {
				return Double.parseDouble(line.substring(label.length()).replace("kB", ""));
			}
		}
		throw new IOException("/proc/self/status has no " + label);
	}

	/**
	 * The heap that is in use after a collection.
	 * @return how many KiB
	 */
	static double heapHeld() {
		System.gc();
		return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / 1024.0;
	}

}
