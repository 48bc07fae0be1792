/** What a statement names, and what the names mean: views, macros, schemas. */
@NullMarked
package io.mangonel.planner.names;

import org.jspecify.annotations.NullMarked;
