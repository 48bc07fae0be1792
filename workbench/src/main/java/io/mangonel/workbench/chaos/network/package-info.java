/** Hosts, links and disks that can be taken away. */
@NullMarked
package io.mangonel.workbench.chaos.network;

import org.jspecify.annotations.NullMarked;
