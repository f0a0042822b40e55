/**
 * Usage of the disks.
 */
@NullMarked
package io.procession.sample.disk;

import org.jspecify.annotations.NullMarked;
