/** Schedulers over an etcd in trouble. */
@NullMarked
package io.mangonel.workbench.trouble;

import org.jspecify.annotations.NullMarked;
