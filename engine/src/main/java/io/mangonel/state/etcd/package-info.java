/** The durable store of any number of schedulers: etcd. */
@NullMarked
package io.mangonel.state.etcd;

import org.jspecify.annotations.NullMarked;
