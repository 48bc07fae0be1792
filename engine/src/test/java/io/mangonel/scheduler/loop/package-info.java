/** The loop's surroundings without a scheduler. */
@NullMarked
package io.mangonel.scheduler.loop;

import org.jspecify.annotations.NullMarked;
