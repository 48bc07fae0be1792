/** Every interleaving of a small cluster, to a stated depth, over the product's cores. */
@NullMarked
package io.mangonel.workbench.explore;

import org.jspecify.annotations.NullMarked;
