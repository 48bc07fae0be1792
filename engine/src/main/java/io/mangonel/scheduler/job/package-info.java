/** The jobs of a scheduler beside its core: plans, and who waits for what. */
@NullMarked
package io.mangonel.scheduler.job;

import org.jspecify.annotations.NullMarked;
