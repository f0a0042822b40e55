/**
 * How full the disks are.
 */
@NullMarked
package io.procession.sample.disk;

import org.jspecify.annotations.NullMarked;
