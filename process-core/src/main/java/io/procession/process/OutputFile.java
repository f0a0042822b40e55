package io.procession.process;

import java.nio.file.Path;

/**
 * File that output is written to. <i>Immutable.</i>
 *
 * @param path the file; its directory must exist when the process starts
 * @param append whether output is appended to the file rather than replacing its content
 */
public record OutputFile(Path path, boolean append) {

}
