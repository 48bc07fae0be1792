/** The event loop around core.owner: the thread that decides, its queue, and its committer. */
@NullMarked
package io.mangonel.scheduler.loop;

import org.jspecify.annotations.NullMarked;
