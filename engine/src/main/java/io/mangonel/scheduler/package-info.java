/** The shell around core.owner: event loop, committer, effects, gRPC service. */
@NullMarked
package io.mangonel.scheduler;

import org.jspecify.annotations.NullMarked;
