/** Stock clients, unmodified, against a cluster. */
@NullMarked
package io.mangonel.clients;

import org.jspecify.annotations.NullMarked;
