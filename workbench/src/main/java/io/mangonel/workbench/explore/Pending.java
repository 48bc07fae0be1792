package io.mangonel.workbench.explore;

/**
 * Something under way: it can happen next.
 *
 * @param what its canonical text: two with one text are the same
 * @param fails what happens instead when it comes to harm
 */
record Pending(Kind kind, String what, Runnable happens, Runnable fails) {
  enum Kind {
    /** Between processes: it may be lost. */
    MESSAGE,
    /** A transaction on its way to the store: its answer may be lost. */
    COMMIT,
    /** A read, a task that ends, somebody who notices something: it happens, sooner or later. */
    STEP
  }
}
