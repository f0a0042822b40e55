package io.procession.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * A program controlled by a test and run with the current {@code java}, for behavior that
 * a shell script cannot express exactly. It takes a tenth of a second to start; use a
 * shell script for processes that are started often.
 */
public final class TestChild {

	private TestChild() {
	}

	/**
	 * Return the command that runs the program.
	 * @param verb the action, see {@link #main}
	 * @param arguments the arguments of the verb
	 * @return the command
	 */
	public static List<String> command(String verb, String... arguments) {
		String classes = TestChild.class.getProtectionDomain().getCodeSource().getLocation().getPath();
		List<String> command = new ArrayList<>(java(classes, TestChild.class, "-Xmx64m", verb));
		command.addAll(Arrays.asList(arguments));
		return command;
	}

	/**
	 * Return the command that runs a main class of the tests with their full class path.
	 * @param main a class with a main method
	 * @param arguments its arguments
	 * @return the command
	 */
	public static List<String> javaCommand(Class<?> main, String... arguments) {
		return java(classPath(), main, "-Xmx256m", arguments);
	}

	/**
	 * Return the class path of the tests.
	 * @return its entries, separated by the system's separator
	 */
	public static String classPath() {
		return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
	}

	private static List<String> java(String classPath, Class<?> main, String heap, String... arguments) {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(List.of("-Xshare:auto", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:-UsePerfData"));
		command.addAll(List.of(heap, "-cp", classPath, main.getName()));
		command.addAll(Arrays.asList(arguments));
		return command;
	}

	/**
	 * Perform the action named by the first argument.
	 * <ul>
	 * <li>{@code exit CODE}: ends with an exit code
	 * <li>{@code echo-args ARGUMENT...}: prints each argument's UTF-8 bytes in hex, a
	 * line each
	 * <li>{@code echo-env NAME}: prints the variable's UTF-8 bytes in hex, or
	 * {@code unset}
	 * <li>{@code cat-both}: copies standard input to both output streams
	 * <li>{@code spam BYTES STREAM}: writes this number of bytes to {@code out},
	 * {@code err} or each of {@code both}, as fast as it can
	 * <li>{@code write HEX...}: writes each argument's bytes to standard output in one
	 * write, and waits for a line of standard input before the next
	 * </ul>
	 * @param arguments the verb and its arguments
	 * @throws Exception on failure
	 */
	public static void main(String[] arguments) throws Exception {
		switch (arguments[0]) {
			case "exit" -> System.exit(Integer.parseInt(arguments[1]));
			case "echo-args" -> Arrays.stream(arguments).skip(1).forEach(TestChild::printHex);
			case "echo-env" -> printHex(System.getenv(arguments[1]));
			case "cat-both" -> catBoth();
			case "spam" -> spam(Long.parseLong(arguments[1]), arguments[2]);
			case "write" -> write(Arrays.asList(arguments).subList(1, arguments.length));
			default -> throw new IllegalArgumentException(arguments[0]);
		}
	}

	private static void printHex(String text) {
		System.out.println((text != null) ? HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8)) : "unset");
	}

	private static void catBoth() throws IOException {
		byte[] buffer = new byte[8192];
		for (int count = System.in.read(buffer); count > 0; count = System.in.read(buffer)) {
			System.out.write(buffer, 0, count);
			System.err.write(buffer, 0, count);
		}
		System.out.flush();
		System.err.flush();
	}

	private static void spam(long bytes, String streams) throws InterruptedException {
		List<Thread> writers = new ArrayList<>();
		if (!streams.equals("err")) {
			writers.add(new Thread(() -> spam(bytes, System.out)));
		}
		if (!streams.equals("out")) {
			writers.add(new Thread(() -> spam(bytes, System.err)));
		}
		writers.forEach(Thread::start);
		for (Thread writer : writers) {
			writer.join();
		}
	}

	private static void spam(long bytes, OutputStream stream) {
		byte[] block = new byte[65536];
		Arrays.fill(block, (byte) 'x');
		try {
			for (long left = bytes; left > 0; left -= block.length) {
				stream.write(block, 0, (int) Math.min(left, block.length));
			}
			stream.flush();
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void write(List<String> parts) throws IOException {
		for (String part : parts) {
			System.out.write(HexFormat.of().parseHex(part));
			System.out.flush();
			awaitLine(System.in);
		}
	}

	private static void awaitLine(InputStream input) throws IOException {
		int read = input.read();
		while (read >= 0 && read != '\n') {
			read = input.read();
		}
	}

}
