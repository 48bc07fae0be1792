/** Partition files: write, serve, fetch, clean up. */
@NullMarked
package io.mangonel.shuffle;

import org.jspecify.annotations.NullMarked;
