package io.procession.engine.local;

import java.nio.charset.Charset;

/**
 * Text in the encoding in which the JDK passes it to a process and reads the environment
 * of the JVM.
 */
final class NativeText {

	/** First JDK version whose default charset is independent of the locale. */
	private static final int OF_ITS_OWN_SINCE = 18;

	static final Charset CHARSET = charset();

	private NativeText() {
	}

	private static Charset charset() {
		String name = System.getProperty("sun.jnu.encoding");
		boolean known = Runtime.version().feature() >= OF_ITS_OWN_SINCE && name != null && Charset.isSupported(name);
		return known ? Charset.forName(name) : Charset.defaultCharset();
	}

	/**
	 * Return whether the JDK can pass on a text. It replaces characters that cannot be
	 * encoded with a question mark.
	 */
	static boolean isEncodable(String text) {
		for (int i = 0; i < text.length(); i++) {
			if (text.charAt(i) > 127) {
				return CHARSET.newEncoder().canEncode(text);
			}
		}
		return true;
	}

	static byte[] encode(String text) {
		return text.getBytes(CHARSET);
	}

	static String decode(byte[] bytes) {
		return new String(bytes, CHARSET);
	}

}
