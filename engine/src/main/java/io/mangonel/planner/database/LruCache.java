package io.mangonel.planner.database;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A bounded map that forgets the least recently used entry. Thread-safe. */
public final class LruCache<K, V> {
  private final LinkedHashMap<K, V> entries = new LinkedHashMap<>(16, 0.75f, true);
  private final int entriesMax;

  public LruCache(int entriesMax) {
    this.entriesMax = entriesMax;
  }

  public synchronized Optional<V> get(K key) {
    return Optional.ofNullable(entries.get(key));
  }

  /** Returns what was forgotten or replaced. */
  public synchronized List<V> put(K key, V value) {
    var gone = new ArrayList<V>();
    V replaced = entries.put(key, value);
    if (replaced != null) {
      gone.add(replaced);
    }
    if (entries.size() > entriesMax) {
      Map.Entry<K, V> eldest = entries.entrySet().iterator().next();
      gone.add(eldest.getValue());
      entries.remove(eldest.getKey());
    }
    return gone;
  }
}
