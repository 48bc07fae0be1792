/** Where log lines go, what they look like, and how many there may be. */
@NullMarked
package io.mangonel.cli.logs;

import org.jspecify.annotations.NullMarked;
