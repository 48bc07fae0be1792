/** Several schedulers over one store, in simulated time: who owns which job. */
@NullMarked
package io.mangonel.workbench.ownership;

import org.jspecify.annotations.NullMarked;
