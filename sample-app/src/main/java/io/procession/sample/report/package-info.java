/**
 * What an access log says.
 */
@NullMarked
package io.procession.sample.report;

import org.jspecify.annotations.NullMarked;
