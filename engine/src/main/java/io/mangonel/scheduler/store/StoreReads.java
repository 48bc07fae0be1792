package io.mangonel.scheduler.store;

import io.mangonel.state.Keyspace;
import io.mangonel.state.StateBackend;
import io.mangonel.state.StateBackend.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Where jobs are read from: the store, or what was fetched of it at once. */
interface StoreReads {
  Optional<Entry> get(Keyspace keyspace, String key);

  /** Every entry whose key starts with {@code prefix} and is greater than {@code after}. */
  List<Entry> all(Keyspace keyspace, String prefix, String after);

  /** Each read is one of the store, or several pages. */
  record Direct(StateBackend backend) implements StoreReads {
    private static final int SCAN_LIMIT = 500;

    @Override
    public Optional<Entry> get(Keyspace keyspace, String key) {
      return backend.get(keyspace, key);
    }

    @Override
    public List<Entry> all(Keyspace keyspace, String prefix, String after) {
      List<Entry> all = new ArrayList<>();
      forEach(keyspace, prefix, after, all::add);
      return all;
    }

    void forEach(Keyspace keyspace, String prefix, String afterKey, Consumer<Entry> use) {
      String after = afterKey;
      List<Entry> page;
      do {
        page = backend.scan(keyspace, prefix, after, SCAN_LIMIT);
        page.forEach(use);
        after = page.isEmpty() ? after : page.getLast().key();
      } while (page.size() == SCAN_LIMIT);
    }
  }
}
