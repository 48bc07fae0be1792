/** Options that several commands share. */
@NullMarked
package io.mangonel.cli.options;

import org.jspecify.annotations.NullMarked;
