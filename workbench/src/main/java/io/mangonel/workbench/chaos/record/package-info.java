/** What happened, and what should not have. */
@NullMarked
package io.mangonel.workbench.chaos.record;

import org.jspecify.annotations.NullMarked;
