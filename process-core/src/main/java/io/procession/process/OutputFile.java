package io.procession.process;

import java.nio.file.Path;

/**
 * A file that output goes to. <i>Immutable.</i>
 *
 * @param path the file; its folder must exist when the process starts
 * @param append whether it is continued, or emptied first
 */
public record OutputFile(Path path, boolean append) {

}
