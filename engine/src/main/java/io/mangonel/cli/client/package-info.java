/** A command's side of a conversation with a scheduler, and how it shows the answers. */
@NullMarked
package io.mangonel.cli.client;

import org.jspecify.annotations.NullMarked;
