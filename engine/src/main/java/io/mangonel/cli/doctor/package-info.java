/** What may be wrong with a machine, and what to do about it. */
@NullMarked
package io.mangonel.cli.doctor;

import org.jspecify.annotations.NullMarked;
