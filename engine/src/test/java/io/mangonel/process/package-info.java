/** Real processes that are killed, stopped and started again, and what must hold then. */
@NullMarked
package io.mangonel.process;

import org.jspecify.annotations.NullMarked;
