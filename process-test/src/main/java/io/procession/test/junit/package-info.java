/**
 * Fakes as parameters of JUnit tests. Needs {@code junit-jupiter-api}.
 */
@NullMarked
package io.procession.test.junit;

import org.jspecify.annotations.NullMarked;
