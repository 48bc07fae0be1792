/** What a scheduler answers to executors: messages, client, service. */
@NullMarked
package io.mangonel.wire.scheduler;

import org.jspecify.annotations.NullMarked;
