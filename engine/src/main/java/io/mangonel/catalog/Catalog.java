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

  /** 2 has the principal and the engine, 3 the idempotency key. */
  private static final int VIEW_VERSION = 3;

  /** Schedulers that create views at once may pass the maximum by some. */
  private static final int VIEWS_READ_MAX = 2 * VIEWS_MAX;

  private final StateBackend backend;
  private final String engine;

  /**
   * @param engine fingerprint of the engine that views are checked with: DuckDB's version
   */
  public Catalog(StateBackend backend, String engine) {
    this.backend = backend;
    this.engine = engine;
  }

  /**
   * @param name as its creator wrote it; names are the same in any case
   * @param createSql a {@code CREATE VIEW} statement with absolute paths
   */
  public record View(String name, String createSql) {}

  /**
   * @param principal who created or last replaced it
   * @param engine fingerprint of the engine that checked it then; both are empty for a view of the
   *     first format
   * @param idempotencyKey of the statement that created or last replaced it; empty for none
   */
  public record StoredView(View view, String principal, String engine, String idempotencyKey) {}

  /** In order of creation. */
  public List<View> views() {
    return stored().stream().map(StoredView::view).toList();
  }

  /** In order of creation. */
  public List<StoredView> stored() {
    List<Entry> entries =
        new ArrayList<>(backend.scan(Keyspace.CATALOG, VIEW_PREFIX, "", VIEWS_READ_MAX));
    entries.sort(Comparator.comparingLong(Entry::createRevision));
    return entries.stream().map(entry -> decode(entry.value())).toList();
  }

  /**
   * @param principal who creates it
   * @param idempotencyKey of the statement, or empty: sent again under its key it is done already
   * @param orReplace an existing view of the name is replaced
   * @param ifNotExists an existing view of the name is kept, and that is no error
   */
  public CatalogOutcome createView(
      View view, String principal, String idempotencyKey, boolean orReplace, boolean ifNotExists) {
    var stored = new StoredView(view, principal, engine, idempotencyKey);
    return CatalogOutcome.attempt(() -> tryCreate(stored, orReplace, ifNotExists));
  }

  private Optional<CatalogOutcome> tryCreate(
      StoredView stored, boolean orReplace, boolean ifNotExists) {
    View view = stored.view();
    String key = key(view.name());
    Optional<Entry> before = backend.get(Keyspace.CATALOG, key);
    if (before.isPresent() && (ifNotExists || isDone(stored, before.get()))) {
      return Optional.of(new CatalogOutcome.Done());
    }
    if (before.isPresent() && !orReplace) {
      return wrong(
          "a view named \""
              + view.name()
              + "\" exists already: drop it, or CREATE OR REPLACE VIEW");
    }
    if (before.isEmpty()
        && backend.scanKeys(Keyspace.CATALOG, VIEW_PREFIX, "", VIEWS_MAX).size() == VIEWS_MAX) {
      return wrong("there are " + VIEWS_MAX + " views already: drop one first");
    }
    var put = new Operation.Put(Keyspace.CATALOG, key, encode(stored));
    return CatalogOutcome.of(backend.commit(List.of(guard(key, before)), List.of(put)));
  }

  /** Whether this very statement did it before, and its answer was lost. */
  private static boolean isDone(StoredView wanted, Entry before) {
    return !wanted.idempotencyKey.isEmpty() && decode(before.value()).equals(wanted);
  }

  /**
   * @param ifExists a view that is not there is no error
   */
  public CatalogOutcome dropView(String name, boolean ifExists) {
    return CatalogOutcome.attempt(() -> tryDrop(name, ifExists));
  }

  private Optional<CatalogOutcome> tryDrop(String name, boolean ifExists) {
    String key = key(name);
    Optional<Entry> before = backend.get(Keyspace.CATALOG, key);
    if (before.isEmpty()) {
      return ifExists
          ? Optional.of(new CatalogOutcome.Done())
          : wrong("there is no view named \"" + name + "\"");
    }
    var delete = new Operation.Delete(Keyspace.CATALOG, key);
    return CatalogOutcome.of(backend.commit(List.of(guard(key, before)), List.of(delete)));
  }

  private static Optional<CatalogOutcome> wrong(String message) {
    return Optional.of(new CatalogOutcome.Wrong(message));
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

  private static Bytes encode(StoredView stored) {
    return new RecordWriter()
        .number(VIEW_VERSION)
        .text(stored.view.name())
        .text(stored.view.createSql())
        .text(stored.principal)
        .text(stored.engine)
        .text(stored.idempotencyKey)
        .toBytes();
  }

  private static StoredView decode(Bytes bytes) {
    var in = new RecordReader(bytes);
    int version = in.version("view", VIEW_VERSION);
    var view = new View(in.text(), in.text());
    String principal = version < 2 ? "" : in.text();
    String engine = version < 2 ? "" : in.text();
    String idempotencyKey = version < 3 ? "" : in.text();
    in.end();
    return new StoredView(view, principal, engine, idempotencyKey);
  }
}
