/**
 * What a scheduler keeps in the store: changes, the commits that make them, and their encodings.
 * Pure.
 */
@NullMarked
package io.mangonel.core.record;

import org.jspecify.annotations.NullMarked;
