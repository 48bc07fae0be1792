package io.mangonel.workbench.chaos.record;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** What should not have been. */
public final class Findings {
  private final List<String> all = new CopyOnWriteArrayList<>();

  public void add(String what) {
    all.add(what);
    System.out.println("FINDING: " + what);
  }

  public List<String> all() {
    return List.copyOf(all);
  }
}
