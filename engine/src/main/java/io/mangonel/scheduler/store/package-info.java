/** The scheduler's durable state: which keys, what is in them, and the fence around every write. */
@NullMarked
package io.mangonel.scheduler.store;

import org.jspecify.annotations.NullMarked;
