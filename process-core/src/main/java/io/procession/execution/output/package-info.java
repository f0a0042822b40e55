/**
 * Output and input of a single execution: a recorder for each stream, which captures its
 * bytes, splits them into lines and calls the listeners, and the standard input.
 *
 * <p>
 * The listeners and {@link io.procession.execution.output.StandardInput} are meant for
 * applications. The other types are used by the package above and may change at any time.
 */
@NullMarked
package io.procession.execution.output;

import org.jspecify.annotations.NullMarked;
