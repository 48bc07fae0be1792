/** The doors of a scheduler, without a network. */
@NullMarked
package io.mangonel.scheduler.peer;

import org.jspecify.annotations.NullMarked;
