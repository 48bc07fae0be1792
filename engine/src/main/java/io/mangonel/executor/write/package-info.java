/** Files that statements write: under the names of their attempts first, published in the end. */
@NullMarked
package io.mangonel.executor.write;

import org.jspecify.annotations.NullMarked;
