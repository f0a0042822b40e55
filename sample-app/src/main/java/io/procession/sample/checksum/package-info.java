/**
 * Checksums of files.
 */
@NullMarked
package io.procession.sample.checksum;

import org.jspecify.annotations.NullMarked;
