package io.procession.sample.checksum;

/**
 * The checksum of one file.
 *
 * @param file what the file is called
 * @param size how many bytes it has
 * @param sha256 its SHA-256, 64 hexadecimal digits
 */
record Checksum(String file, long size, String sha256) {

}
