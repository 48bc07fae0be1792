/** Rows as a person or a program reads them: table, csv, json. */
@NullMarked
package io.mangonel.cli.format;

import org.jspecify.annotations.NullMarked;
