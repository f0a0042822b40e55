/**
 * Analysis of an access log.
 */
@NullMarked
package io.procession.sample.report;

import org.jspecify.annotations.NullMarked;
