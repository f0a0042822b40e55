package io.procession.engine.local;

import java.io.File;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.Optional;

import io.procession.security.Executables;

/**
 * Reasons why the kernel does not execute a file, derived from its first bytes; see
 * {@code execve(2)}, ENOEXEC, and {@code elf(5)}. Consulted only after the kernel has
 * refused, as {@code binfmt_misc} can make it execute further formats.
 */
final class ProgramFormat {

	private static final int ELF = 0x7F454C46;

	private static final int BIG_ENDIAN = 2;

	/** Offsets of the byte order and of the machine in an ELF header. */
	private static final int BYTE_ORDER = 5;

	private static final int MACHINE = 18;

	private static final int HEADER = 20;

	/** Names as used by {@code uname(1)}. */
	private static final Map<Integer, String> MACHINES = Map.of(3, "i686", 8, "mips", 20, "ppc", 21, "ppc64", 22,
			"s390x", 40, "arm", 62, "x86_64", 183, "aarch64", 243, "riscv64", 258, "loongarch64");

	private ProgramFormat() {
	}

	/**
	 * Return what prevents a file from being executed.
	 * @param file the file
	 * @return the reason, worded to follow the file name, or empty if its format is not
	 * the cause
	 */
	static Optional<String> problem(File file) {
		ByteBuffer header = header(file);
		if (file.length() == 0) {
			return Optional.of("is empty");
		}
		if (!isElf(header)) {
			boolean script = header.limit() >= 2 && header.get(0) == '#' && header.get(1) == '!';
			return script ? Optional.empty() : Optional.of("is not in an executable format of this machine");
		}
		return foreign(header);
	}

	/**
	 * Return which processor a program was built for, if it differs from that of this
	 * JVM.
	 * @param file the program
	 * @return the reason, worded to follow the file name, or empty if they do not differ
	 */
	static Optional<String> foreign(File file) {
		ByteBuffer header = header(file);
		return isElf(header) ? foreign(header) : Optional.empty();
	}

	private static Optional<String> foreign(ByteBuffer header) {
		ByteBuffer jvm = header(new File("/proc/self/exe"));
		if (!isElf(jvm) || machine(jvm) == machine(header)) {
			return Optional.empty();
		}
		return Optional.of("is built for another processor architecture (" + name(header) + ") than this JVM's ("
				+ name(jvm) + ")");
	}

	private static String name(ByteBuffer header) {
		return MACHINES.getOrDefault(machine(header), "ELF machine " + machine(header));
	}

	private static int machine(ByteBuffer header) {
		ByteOrder order = (header.get(BYTE_ORDER) == BIG_ENDIAN) ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
		return Short.toUnsignedInt(header.duplicate().order(order).getShort(MACHINE));
	}

	private static boolean isElf(ByteBuffer header) {
		return header.limit() >= HEADER && header.getInt(0) == ELF;
	}

	private static ByteBuffer header(File file) {
		return ByteBuffer.wrap(Executables.start(file, HEADER));
	}

}
