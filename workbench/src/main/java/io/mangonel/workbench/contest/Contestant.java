package io.mangonel.workbench.contest;

import java.io.IOException;
import java.sql.SQLException;

/** What is measured: it answers statements over the same views. One statement at a time. */
public interface Contestant extends AutoCloseable {
  String name();

  /** Runs a statement and reads all rows. Blocks; failures are those of its client's interface. */
  Answer answer(String sql) throws IOException, SQLException;

  /** Ends the statement that runs; from any thread. */
  void cancel();

  /** Processor time so far of all its processes, in milliseconds. */
  long cpuMs();

  @Override
  void close();
}
