/** The directory that belongs to one executor, and what the processes before it left there. */
@NullMarked
package io.mangonel.executor.work;

import org.jspecify.annotations.NullMarked;
