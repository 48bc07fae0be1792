/** The command line: every command of {@code mangonel}. */
@NullMarked
package io.mangonel.cli;

import org.jspecify.annotations.NullMarked;
