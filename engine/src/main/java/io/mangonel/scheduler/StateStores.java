package io.mangonel.scheduler;

import io.mangonel.state.MemoryStateBackend;
import io.mangonel.state.StateBackend;
import java.io.IOException;

/** Opens the store that a configuration names. */
final class StateStores {
  private StateStores() {}

  /**
   * @param state {@code memory}, {@code rocksdb:DIR}
   * @throws IOException when there is no such store; the message is for a person
   */
  static StateBackend open(String state) throws IOException {
    if (state.equals("memory")) {
      return MemoryStateBackend.open();
    }
    if (state.startsWith("etcd:")) {
      throw new IOException("state on etcd is not supported yet: use memory or rocksdb:DIR");
    }
    throw new IOException("unknown state '" + state + "': use memory or rocksdb:DIR");
  }
}
