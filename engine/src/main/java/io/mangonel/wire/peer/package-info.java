/** What schedulers ask of each other. */
@NullMarked
package io.mangonel.wire.peer;

import org.jspecify.annotations.NullMarked;
