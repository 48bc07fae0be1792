package io.mangonel.cli.settings;

/**
 * A value that an option gets from outside the command line.
 *
 * @param origin the variable, or the file and line
 */
public record Setting(String value, String origin) {}
