/** What a scheduler tells about its work: when which attempt ran, and figures for monitoring. */
@NullMarked
package io.mangonel.scheduler.insight;

import org.jspecify.annotations.NullMarked;
