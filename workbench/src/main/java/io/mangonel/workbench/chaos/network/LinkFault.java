package io.mangonel.workbench.chaos.network;

/** Something that is wrong with a link until it is healed. */
public interface LinkFault {
  /** Whether it has stopped, lost or delayed a packet so far. */
  boolean hasFired();

  void heal();
}
