/** What is known of the terminal, if there is one. */
@NullMarked
package io.mangonel.cli.terminal;

import org.jspecify.annotations.NullMarked;
