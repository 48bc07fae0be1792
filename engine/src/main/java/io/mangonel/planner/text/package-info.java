/** A statement as the user wrote it: its tokens, edits that keep positions, and error messages. */
@NullMarked
package io.mangonel.planner.text;

import org.jspecify.annotations.NullMarked;
