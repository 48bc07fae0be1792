/** What an executor answers to schedulers and other executors: messages, client, service. */
@NullMarked
package io.mangonel.wire.executor;

import org.jspecify.annotations.NullMarked;
