/** What clients ask while things break, and the answers that are right. */
@NullMarked
package io.mangonel.workbench.chaos.load;

import org.jspecify.annotations.NullMarked;
