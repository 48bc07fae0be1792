/** One incarnation of a scheduler, put together. */
@NullMarked
package io.mangonel.scheduler.run;

import org.jspecify.annotations.NullMarked;
