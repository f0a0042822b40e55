/**
 * Annotations that tell compilers and development environments how to treat the types of
 * this library. This package depends on no other package of the library.
 */
@NullMarked
package io.procession.lang;

import org.jspecify.annotations.NullMarked;
