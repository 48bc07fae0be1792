package io.mangonel.catalog;

import io.mangonel.core.Bytes;
import io.mangonel.core.RecordReader;
import io.mangonel.core.RecordWriter;
import io.mangonel.planner.names.Definition;
import io.mangonel.planner.names.Definitions;
import io.mangonel.planner.text.DefinitionKind;
import io.mangonel.state.Keyspace;
import io.mangonel.state.StateBackend;
import io.mangonel.state.StateBackend.Entry;
import io.mangonel.state.StateBackend.Guard;
import io.mangonel.state.StateBackend.Operation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The schemas, views and macros that all sessions of all schedulers share. Thread-safe. */
public final class Catalog {
  /** Definitions in a catalogue: all are given to every statement's planning. */
  public static final int DEFINITIONS_MAX = 1_000;

  /** What goes with a schema that is dropped with all that is in it: one transaction. */
  public static final int DROPPED_TOGETHER_MAX = 90;

  /** 2 has the principal and the engine, 3 the idempotency key, 4 the kind and the schema. */
  private static final int VERSION = 4;

  /** Schedulers that create at once may pass the maximum by some. */
  private static final int READ_MAX = 2 * DEFINITIONS_MAX;

  private final StateBackend backend;
  private final String engine;
  private volatile Known known = new Known(-1, Definitions.of(List.of()));

  /**
   * @param revision of the last change
   */
  private record Known(long revision, Definitions definitions) {}

  /**
   * @param engine fingerprint of the engine that definitions are checked with: DuckDB's version
   */
  public Catalog(StateBackend backend, String engine) {
    this.backend = backend;
    this.engine = engine;
  }

  /**
   * @param principal who created or last replaced it
   * @param engine fingerprint of the engine that checked it then; both are empty for a view of the
   *     first format
   * @param idempotencyKey of the statement that created or last replaced it; empty for none
   */
  public record Stored(
      Definition definition, String principal, String engine, String idempotencyKey) {}

  /**
   * In order of creation. Read once after each change; between two, one key tells there is none.
   */
  public Definitions definitions() {
    long revision =
        backend.get(Keyspace.CATALOG, CatalogKeys.CHANGES).map(Entry::modifyRevision).orElse(0L);
    Known last = known;
    if (last.revision == revision) {
      return last.definitions;
    }
    var found = Definitions.of(stored().stream().map(Stored::definition).toList());
    // What was changed since the revision was read is read again.
    known = new Known(revision, found);
    return found;
  }

  /** In order of creation. */
  public List<Stored> stored() {
    List<Entry> entries = new ArrayList<>(backend.scan(Keyspace.CATALOG, "", "", READ_MAX));
    entries.removeIf(entry -> entry.key().equals(CatalogKeys.CHANGES));
    entries.sort(Comparator.comparingLong(Entry::createRevision));
    return entries.stream().map(entry -> decode(entry.value())).toList();
  }

  /**
   * @param principal who creates it
   * @param idempotencyKey of the statement, or empty: sent again under its key it is done already
   * @param orReplace an existing one of the name is replaced
   * @param ifNotExists an existing one of the name is kept, and that is no error
   */
  public CatalogOutcome create(
      Definition definition,
      String principal,
      String idempotencyKey,
      boolean orReplace,
      boolean ifNotExists) {
    var stored = new Stored(definition, principal, engine, idempotencyKey);
    return CatalogOutcome.attempt(() -> tryCreate(stored, orReplace, ifNotExists));
  }

  private Optional<CatalogOutcome> tryCreate(
      Stored stored, boolean orReplace, boolean ifNotExists) {
    Definition definition = stored.definition();
    String key = CatalogKeys.of(definition);
    Optional<Entry> before = backend.get(Keyspace.CATALOG, key);
    String what = definition.kind().title() + " named \"" + definition.name() + "\"";
    if (before.isPresent() && (ifNotExists || isDone(stored, before.get()))) {
      return Optional.of(new CatalogOutcome.Done());
    }
    if (before.isPresent() && !orReplace) {
      boolean replaceable = definition.kind() != DefinitionKind.SCHEMA;
      return wrong(
          "a " + what + " exists already: drop it" + (replaceable ? ", or CREATE OR REPLACE" : ""));
    }
    if (before.isEmpty() && definitions().size() >= DEFINITIONS_MAX) {
      return wrong(
          "there are " + DEFINITIONS_MAX + " schemas, views and macros already: drop one first");
    }
    var change = new Change();
    change.guard(key, before);
    change.operations.add(new Operation.Put(Keyspace.CATALOG, key, encode(stored)));
    return touchSchema(definition.kind(), definition.schema(), change)
        .or(() -> CatalogOutcome.of(backend.commit(change.guards, change.operations)));
  }

  /** Whether this very statement did it before, and its answer was lost. */
  private static boolean isDone(Stored wanted, Entry before) {
    return !wanted.idempotencyKey.isEmpty() && decode(before.value()).equals(wanted);
  }

  /** Guards and operations of one transaction. */
  private static final class Change {
    private final List<Guard> guards = new ArrayList<>();
    private final List<Operation> operations =
        new ArrayList<>(
            List.of(new Operation.Put(Keyspace.CATALOG, CatalogKeys.CHANGES, Bytes.EMPTY)));

    void guard(String key, Optional<Entry> before) {
      guards.add(Catalog.guard(Keyspace.CATALOG, key, before));
    }
  }

  /**
   * Writes the schema again with each change of what is in it: so one who drops the schema does not
   * miss what comes into it meanwhile.
   */
  private Optional<CatalogOutcome> touchSchema(DefinitionKind kind, String schema, Change change) {
    if (kind == DefinitionKind.SCHEMA || schema.equalsIgnoreCase(Definition.MAIN)) {
      return Optional.empty();
    }
    String key = CatalogKeys.ofSchema(schema);
    Optional<Entry> found = backend.get(Keyspace.CATALOG, key);
    if (found.isEmpty()) {
      return wrong("there is no schema named \"" + schema + "\"");
    }
    change.guard(key, found);
    change.operations.add(new Operation.Put(Keyspace.CATALOG, key, found.get().value()));
    return Optional.empty();
  }

  /**
   * Whose statement drops something.
   *
   * @param idempotencyKey of the statement, or empty: sent again under its key it is done already
   */
  public record Dropper(String principal, String idempotencyKey) {}

  /**
   * @param ifExists one that is not there is no error
   * @param cascade for a schema: with all that is in it
   */
  public CatalogOutcome drop(
      DefinitionKind kind,
      String schema,
      String name,
      Dropper by,
      boolean ifExists,
      boolean cascade) {
    var drop = new RecentDrops.Drop(by.principal, by.idempotencyKey, kind, name);
    return CatalogOutcome.attempt(() -> tryDrop(drop, schema, ifExists, cascade));
  }

  /** Whether this very statement dropped something of the name before; also of a session's own. */
  public boolean wasDropped(DefinitionKind kind, String name, Dropper by) {
    var drop = new RecentDrops.Drop(by.principal, by.idempotencyKey, kind, name);
    return drop.hasKey() && !remember(drop, new Change());
  }

  /** Remembers what was dropped elsewhere, in a session. */
  public CatalogOutcome dropped(DefinitionKind kind, String name, Dropper by) {
    var drop = new RecentDrops.Drop(by.principal, by.idempotencyKey, kind, name);
    return CatalogOutcome.attempt(
        () -> {
          var change = new Change();
          return drop.hasKey() && remember(drop, change)
              ? CatalogOutcome.of(backend.commit(change.guards, change.operations))
              : Optional.of(new CatalogOutcome.Done());
        });
  }

  private Optional<CatalogOutcome> tryDrop(
      RecentDrops.Drop drop, String schema, boolean ifExists, boolean cascade) {
    DefinitionKind kind = drop.kind();
    String name = drop.name();
    var change = new Change();
    if (drop.hasKey() && !remember(drop, change)) {
      return Optional.of(new CatalogOutcome.Done());
    }
    String key =
        kind == DefinitionKind.SCHEMA
            ? CatalogKeys.ofSchema(name)
            : CatalogKeys.of(kind, schema, name);
    Optional<Entry> before = backend.get(Keyspace.CATALOG, key);
    if (before.isEmpty()) {
      return ifExists
          ? Optional.of(new CatalogOutcome.Done())
          : wrong("there is no " + kind.title() + " named \"" + name + "\"");
    }
    change.guard(key, before);
    change.operations.add(new Operation.Delete(Keyspace.CATALOG, key));
    Optional<CatalogOutcome> wrong =
        kind == DefinitionKind.SCHEMA
            ? dropContent(name, cascade, change)
            : touchSchema(kind, schema, change);
    return wrong.or(() -> CatalogOutcome.of(backend.commit(change.guards, change.operations)));
  }

  /** False when this very statement did it before, and its answer was lost. */
  private boolean remember(RecentDrops.Drop drop, Change change) {
    Optional<Entry> before = backend.get(Keyspace.CATALOG_DROPS, RecentDrops.KEY);
    RecentDrops drops =
        before
            .map(entry -> RecentDrops.decode(entry.value()))
            .orElseGet(() -> new RecentDrops(List.of()));
    change.guards.add(guard(Keyspace.CATALOG_DROPS, RecentDrops.KEY, before));
    change.operations.add(
        new Operation.Put(Keyspace.CATALOG_DROPS, RecentDrops.KEY, drops.with(drop).encode()));
    return !drops.contains(drop);
  }

  /** What was read must still be there (rule D8). */
  private static Guard guard(Keyspace keyspace, String key, Optional<Entry> before) {
    return before.isEmpty()
        ? new Guard.Absent(keyspace, key)
        : new Guard.ModifyRevision(keyspace, key, before.get().modifyRevision());
  }

  private Optional<CatalogOutcome> dropContent(String schema, boolean cascade, Change change) {
    List<Definition> content =
        definitions().stream()
            .filter(each -> each.kind() != DefinitionKind.SCHEMA)
            .filter(each -> each.schema().equalsIgnoreCase(schema))
            .toList();
    if (!content.isEmpty() && !cascade) {
      return wrong(
          "schema \""
              + schema
              + "\" is not empty, it has "
              + content.getFirst().kind().title()
              + " \""
              + content.getFirst().name()
              + "\": drop what is in it, or DROP SCHEMA ... CASCADE");
    }
    if (content.size() > DROPPED_TOGETHER_MAX) {
      return wrong(
          "schema \""
              + schema
              + "\" has more than "
              + DROPPED_TOGETHER_MAX
              + " views and macros: drop some of them first");
    }
    content.forEach(
        each ->
            change.operations.add(new Operation.Delete(Keyspace.CATALOG, CatalogKeys.of(each))));
    return Optional.empty();
  }

  private static Optional<CatalogOutcome> wrong(String message) {
    return Optional.of(new CatalogOutcome.Wrong(message));
  }

  private static Bytes encode(Stored stored) {
    return new RecordWriter()
        .number(VERSION)
        .text(stored.definition.name())
        .text(stored.definition.createSql())
        .text(stored.principal)
        .text(stored.engine)
        .text(stored.idempotencyKey)
        .text(stored.definition.kind().name())
        .text(stored.definition.schema())
        .toBytes();
  }

  private static Stored decode(Bytes bytes) {
    var in = new RecordReader(bytes);
    int version = in.version("definition", VERSION);
    String name = in.text();
    String createSql = in.text();
    String principal = version < 2 ? "" : in.text();
    String engine = version < 2 ? "" : in.text();
    String idempotencyKey = version < 3 ? "" : in.text();
    var kind = version < VERSION ? DefinitionKind.VIEW : DefinitionKind.valueOf(in.text());
    String schema = version < VERSION ? Definition.MAIN : in.text();
    in.end();
    return new Stored(
        new Definition(kind, schema, name, createSql, false), principal, engine, idempotencyKey);
  }
}
