/** The durable store: bytes in, bytes out. */
@NullMarked
package io.mangonel.state;

import org.jspecify.annotations.NullMarked;
