/** Views and sessions, kept in the state store. */
@NullMarked
package io.mangonel.catalog;

import org.jspecify.annotations.NullMarked;
