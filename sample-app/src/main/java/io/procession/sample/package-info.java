/**
 * The log desk: a small service that lets the tools of the operating system do the work.
 *
 * <ul>
 * <li>{@code report} runs {@code cut}, {@code sort} and {@code uniq} over an uploaded
 * access log
 * <li>{@code checksum} runs {@code sha256sum} for several files at once
 * <li>{@code disk} runs {@code df} every minute
 * <li>{@code application.yml} keeps the program {@code inbox} alive
 * <li>{@link io.procession.sample.ProcessJournal} writes down what happens to all of them
 * </ul>
 */
@NullMarked
package io.procession.sample;

import org.jspecify.annotations.NullMarked;
