/**
 * JUnit extension for fake processes. Requires {@code junit-jupiter-api}.
 */
@NullMarked
package io.procession.test.junit;

import org.jspecify.annotations.NullMarked;
