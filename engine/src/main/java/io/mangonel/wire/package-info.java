/** Messages between processes: proto to records and back, channels, error mapping. */
@NullMarked
package io.mangonel.wire;

import org.jspecify.annotations.NullMarked;
