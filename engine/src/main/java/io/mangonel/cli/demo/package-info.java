/** A whole cluster on one machine, to look at. */
@NullMarked
package io.mangonel.cli.demo;

import org.jspecify.annotations.NullMarked;
