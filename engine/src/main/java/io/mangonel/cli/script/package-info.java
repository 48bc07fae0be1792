/** Text that a user wrote, cut into what is run. */
@NullMarked
package io.mangonel.cli.script;

import org.jspecify.annotations.NullMarked;
