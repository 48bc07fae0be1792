/** Both cores as text: a command, {@code ----}, and everything it caused. */
@NullMarked
package io.mangonel.core.script;

import org.jspecify.annotations.NullMarked;
