/** Where the value of an option comes from: the command line, the environment, a file. */
@NullMarked
package io.mangonel.cli.settings;

import org.jspecify.annotations.NullMarked;
