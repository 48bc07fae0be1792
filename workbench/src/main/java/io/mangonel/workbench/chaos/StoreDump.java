package io.mangonel.workbench.chaos;

import io.mangonel.state.Keyspace;
import io.mangonel.state.StateBackend;
import io.mangonel.state.StateBackend.Entry;
import io.mangonel.state.StateException;
import io.mangonel.state.etcd.EtcdAccess;
import io.mangonel.state.etcd.EtcdStateBackend;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;

/** Every key and value of the store, as text. */
final class StoreDump {
  private static final int PAGE = 500;

  private StoreDump() {}

  /** Writes what it can read. */
  static void write(String endpoints, Path file) {
    try (PrintWriter out = new PrintWriter(Files.newBufferedWriter(file, StandardCharsets.UTF_8))) {
      var access = new EtcdAccess(EtcdAccess.endpoints(endpoints), EtcdAccess.Settings.STANDARD);
      try (StateBackend store = EtcdStateBackend.open(access)) {
        for (Keyspace keyspace : Keyspace.values()) {
          write(store, keyspace, out);
        }
      } catch (StateException e) {
        out.println("the store does not answer: " + e.getMessage());
      }
    } catch (IOException e) {
      System.err.println("warning: cannot write " + file + ": " + e.getMessage());
    }
  }

  private static void write(StateBackend store, Keyspace keyspace, PrintWriter out) {
    String after = "";
    List<Entry> page;
    do {
      page = store.scan(keyspace, "", after, PAGE);
      for (Entry entry : page) {
        byte[] value = entry.value().toByteArray();
        out.printf(
            "%s %s revision %d, %d bytes: %s%n",
            keyspace,
            entry.key(),
            entry.modifyRevision(),
            value.length,
            HexFormat.of().formatHex(value));
        after = entry.key();
      }
    } while (page.size() == PAGE);
  }
}
