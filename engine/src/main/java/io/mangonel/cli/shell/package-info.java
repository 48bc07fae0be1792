/** The shell: a line editor in front of {@code cli.sql}. */
@NullMarked
package io.mangonel.cli.shell;

import org.jspecify.annotations.NullMarked;
