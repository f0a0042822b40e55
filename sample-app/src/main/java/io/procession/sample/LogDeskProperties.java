package io.procession.sample;

import java.nio.file.Path;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.util.unit.DataSize;

/**
 * The settings of the log desk itself.
 *
 * @param directory folder for uploads and for the inbox; made if it is not there
 * @param maxUpload largest access log that is taken in
 */
@ConfigurationProperties("log-desk")
public record LogDeskProperties(Path directory, DataSize maxUpload) {

}
