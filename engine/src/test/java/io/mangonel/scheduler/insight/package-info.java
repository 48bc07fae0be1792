/** Tests of what a scheduler tells about its work. */
@NullMarked
package io.mangonel.scheduler.insight;

import org.jspecify.annotations.NullMarked;
