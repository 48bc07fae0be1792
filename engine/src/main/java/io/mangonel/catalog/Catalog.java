package io.mangonel.catalog;

import io.mangonel.core.Bytes;
import io.mangonel.core.RecordReader;
import io.mangonel.core.RecordWriter;
import io.mangonel.state.Keyspace;
import io.mangonel.state.StateBackend;
import io.mangonel.state.StateBackend.Entry;
import io.mangonel.state.StateBackend.Guard;
import io.mangonel.state.StateBackend.Operation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The views that all sessions of all schedulers share. Thread-safe. */
public final class Catalog {
  /** Views in a catalogue: each is given to every statement's planning. */
  public static final int VIEWS_MAX = 1_000;

  private static final String VIEW_PREFIX = "view/";
  private static final int VIEW_VERSION = 1;

  private final StateBackend backend;

  public Catalog(StateBackend backend) {
    this.backend = backend;
  }

  /**
   * @param name as its creator wrote it; names are the same in any case
   * @param createSql a {@code CREATE VIEW} statement with absolute paths
   */
  public record View(String name, String createSql) {}

  /** In order of creation. */
  public List<View> views() {
    List<Entry> entries =
        new ArrayList<>(backend.scan(Keyspace.CATALOG, VIEW_PREFIX, "", VIEWS_MAX));
    entries.sort(Comparator.comparingLong(Entry::createRevision));
    return entries.stream().map(entry -> decode(entry.value())).toList();
  }

  /**
   * @param orReplace an existing view of the name is replaced
   * @param ifNotExists an existing view of the name is kept, and that is no error
   */
  public CatalogOutcome createView(View view, boolean orReplace, boolean ifNotExists) {
    String key = key(view.name());
    Optional<Entry> before = backend.get(Keyspace.CATALOG, key);
    if (before.isPresent() && ifNotExists) {
      return new CatalogOutcome.Done();
    }
    if (before.isPresent() && !orReplace) {
      return new CatalogOutcome.Wrong(
          "a view named \""
              + view.name()
              + "\" exists already: drop it, or CREATE OR REPLACE VIEW");
    }
    if (before.isEmpty()
        && backend.scanKeys(Keyspace.CATALOG, VIEW_PREFIX, "", VIEWS_MAX).size() == VIEWS_MAX) {
      return new CatalogOutcome.Wrong("there are " + VIEWS_MAX + " views already: drop one first");
    }
    var put = new Operation.Put(Keyspace.CATALOG, key, encode(view));
    return CatalogOutcome.of(backend.commit(List.of(guard(key, before)), List.of(put)));
  }

  /**
   * @param ifExists a view that is not there is no error
   */
  public CatalogOutcome dropView(String name, boolean ifExists) {
    String key = key(name);
    Optional<Entry> before = backend.get(Keyspace.CATALOG, key);
    if (before.isEmpty()) {
      return ifExists
          ? new CatalogOutcome.Done()
          : new CatalogOutcome.Wrong("there is no view named \"" + name + "\"");
    }
    var delete = new Operation.Delete(Keyspace.CATALOG, key);
    return CatalogOutcome.of(backend.commit(List.of(guard(key, before)), List.of(delete)));
  }

  /** What was read must still be there (rule D8). */
  private static Guard guard(String key, Optional<Entry> before) {
    return before.isEmpty()
        ? new Guard.Absent(Keyspace.CATALOG, key)
        : new Guard.ModifyRevision(Keyspace.CATALOG, key, before.get().modifyRevision());
  }

  private static String key(String name) {
    return VIEW_PREFIX + name.toLowerCase(Locale.ROOT);
  }

  private static Bytes encode(View view) {
    return new RecordWriter()
        .number(VIEW_VERSION)
        .text(view.name())
        .text(view.createSql())
        .toBytes();
  }

  private static View decode(Bytes bytes) {
    var in = new RecordReader(bytes);
    in.version("view", VIEW_VERSION);
    var view = new View(in.text(), in.text());
    in.end();
    return view;
  }
}
