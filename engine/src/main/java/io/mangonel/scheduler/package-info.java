/** The shell around core.owner, put together: a server. */
@NullMarked
package io.mangonel.scheduler;

import org.jspecify.annotations.NullMarked;
