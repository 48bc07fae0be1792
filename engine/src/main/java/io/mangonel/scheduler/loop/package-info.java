/** The event loop around core.owner, and the effects it has on the world. */
@NullMarked
package io.mangonel.scheduler.loop;

import org.jspecify.annotations.NullMarked;
