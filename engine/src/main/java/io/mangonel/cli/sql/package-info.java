/** Statements and backslash commands, run for a person or a pipe. */
@NullMarked
package io.mangonel.cli.sql;

import org.jspecify.annotations.NullMarked;
