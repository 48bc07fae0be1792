/** How long a cluster stands still when one of its processes is killed. */
@NullMarked
package io.mangonel.workbench.failover;

import org.jspecify.annotations.NullMarked;
