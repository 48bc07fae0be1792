package io.mangonel.client;

/**
 * How often a statement was sent under its key.
 *
 * @param broken how often the scheduler went away before it had answered
 */
record Sends(int all, int broken) {
  static final Sends NONE = new Sends(0, 0);

  Sends another(boolean broke) {
    return new Sends(all + 1, broke ? broken + 1 : broken);
  }
}
