package io.procession.process;

/**
 * Terminals that processes can have on this machine. <i>Immutable.</i>
 *
 * @param tty whether the JVM has a terminal that {@code tty()} can hand over
 * @param pty whether {@code pty(...)} can make pseudoterminals, which needs pty4j
 */
public record TerminalSupport(boolean tty, boolean pty) {

}
