/** What every state store must do. */
@NullMarked
package io.mangonel.workbench.state;

import org.jspecify.annotations.NullMarked;
