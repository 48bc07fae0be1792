/** Bounds of the scheduler's shell. */
@NullMarked
package io.mangonel.scheduler.limits;

import org.jspecify.annotations.NullMarked;
