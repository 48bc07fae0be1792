/** The command line: servers, the SQL client and admin commands. */
@NullMarked
package io.mangonel.cli;

import org.jspecify.annotations.NullMarked;
