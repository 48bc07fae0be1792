/** An etcd of several members on this machine, and what can happen to it. */
@NullMarked
package io.mangonel.workbench.etcd;

import org.jspecify.annotations.NullMarked;
