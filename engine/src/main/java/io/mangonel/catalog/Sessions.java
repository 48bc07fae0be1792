package io.mangonel.catalog;

import io.mangonel.core.Bytes;
import io.mangonel.core.RecordReader;
import io.mangonel.core.RecordWriter;
import io.mangonel.planner.names.Definition;
import io.mangonel.planner.text.DefinitionKind;
import io.mangonel.state.Keyspace;
import io.mangonel.state.StateBackend;
import io.mangonel.state.StateBackend.Entry;
import io.mangonel.state.StateBackend.Guard;
import io.mangonel.state.StateBackend.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What sessions have set, in the store: any scheduler can serve any session. A session is there
 * from its first change on. Thread-safe.
 */
public final class Sessions {
  /** Settings, variables, temporary views and macros of one session. */
  public static final int ENTRIES_MAX = 1_000;

  /** How much later than its last use a session may be written to have been used. */
  public static final long USE_WRITTEN_MS = 10L * 60_000;

  /** 2 has the engine, 3 the kinds of its definitions. */
  private static final int VERSION = 3;

  private static final int PAGE = 500;

  private final StateBackend backend;
  private final String engine;

  /**
   * @param engine fingerprint of the engine that settings and views are checked with: DuckDB's
   *     version
   */
  public Sessions(StateBackend backend, String engine) {
    this.backend = backend;
    this.engine = engine;
  }

  /**
   * @param principal whose session it is: nobody else's statements see it
   * @param engine fingerprint of the engine that checked its last change; empty for a session of
   *     the first format
   * @param usedMs milliseconds since 1970: its last change, or up to {@link #USE_WRITTEN_MS} before
   *     its last use
   * @param temporary views and macros, in order of creation
   */
  public record Session(
      String principal,
      String engine,
      long usedMs,
      SortedMap<String, String> settings,
      List<Definition> temporary) {
    public Session {
      settings = new TreeMap<>(settings);
      temporary = List.copyOf(temporary);
    }
  }

  /** Empty for a session without changes, and for one of another principal. It is in use now. */
  public Optional<Session> use(String id, String principal, long nowMs) {
    Optional<Entry> entry = backend.get(Keyspace.SESSIONS, id);
    Optional<Session> found =
        entry
            .map(stored -> decode(stored.value()))
            .filter(session -> session.principal.equals(principal));
    if (found.isPresent() && nowMs - found.get().usedMs > USE_WRITTEN_MS) {
      Session session = found.get();
      var used = new Session(principal, session.engine, nowMs, session.settings, session.temporary);
      var guard = new Guard.ModifyRevision(Keyspace.SESSIONS, id, entry.get().modifyRevision());
      // Refused when it was just changed: then that is its last use.
      var _ =
          backend.commit(
              List.of(guard), List.of(new Operation.Put(Keyspace.SESSIONS, id, encode(used))));
    }
    return found;
  }

  /**
   * @param value null takes the setting back
   */
  public CatalogOutcome set(
      String id, String principal, String name, @Nullable String value, long nowMs) {
    return change(
        id,
        principal,
        session -> {
          SortedMap<String, String> settings = new TreeMap<>(session.settings);
          if (value == null) {
            settings.remove(name);
          } else {
            settings.put(name, value);
          }
          return new Session(principal, engine, nowMs, settings, session.temporary);
        });
  }

  /**
   * @param orReplace one of the same name is replaced
   * @param ifNotExists one of the same name is kept, and that is no error
   */
  public CatalogOutcome create(
      String id,
      String principal,
      Definition definition,
      boolean orReplace,
      boolean ifNotExists,
      long nowMs) {
    var existed = new AtomicBoolean();
    CatalogOutcome outcome =
        change(
            id,
            principal,
            session -> {
              List<Definition> rest = without(session, definition.kind(), definition.name());
              existed.set(rest.size() < session.temporary.size());
              if (existed.get() && !orReplace) {
                return session;
              }
              rest.add(definition);
              return new Session(principal, engine, nowMs, session.settings, rest);
            });
    return outcome instanceof CatalogOutcome.Done && existed.get() && !orReplace && !ifNotExists
        ? new CatalogOutcome.Wrong(
            "a temporary "
                + definition.kind().title()
                + " named \""
                + definition.name()
                + "\" exists already: drop it, or CREATE OR REPLACE")
        : outcome;
  }

  /** One that is not there is no error. */
  public CatalogOutcome drop(
      String id, String principal, DefinitionKind kind, String name, long nowMs) {
    return change(
        id,
        principal,
        session ->
            new Session(principal, engine, nowMs, session.settings, without(session, kind, name)));
  }

  private static List<Definition> without(Session session, DefinitionKind kind, String name) {
    List<Definition> rest = new ArrayList<>(session.temporary);
    rest.removeIf(each -> each.kind() == kind && each.name().equalsIgnoreCase(name));
    return rest;
  }

  /** Forgets the session. */
  public CatalogOutcome close(String id, String principal) {
    return CatalogOutcome.attempt(
        () -> {
          Optional<Entry> before = backend.get(Keyspace.SESSIONS, id);
          if (before.isEmpty() || !decode(before.get().value()).principal.equals(principal)) {
            return Optional.of(new CatalogOutcome.Done());
          }
          var guard =
              new Guard.ModifyRevision(Keyspace.SESSIONS, id, before.get().modifyRevision());
          var delete = new Operation.Delete(Keyspace.SESSIONS, id);
          return CatalogOutcome.of(backend.commit(List.of(guard), List.of(delete)));
        });
  }

  private CatalogOutcome change(String id, String principal, UnaryOperator<Session> change) {
    return CatalogOutcome.attempt(() -> tryChange(id, principal, change));
  }

  private Optional<CatalogOutcome> tryChange(
      String id, String principal, UnaryOperator<Session> change) {
    Optional<Entry> before = backend.get(Keyspace.SESSIONS, id);
    Session session =
        before
            .map(entry -> decode(entry.value()))
            .orElse(new Session(principal, engine, 0, new TreeMap<>(), List.of()));
    if (!session.principal.equals(principal)) {
      return Optional.of(new CatalogOutcome.Wrong("the session belongs to someone else"));
    }
    Session changed = change.apply(session);
    if (changed.settings.size() + changed.temporary.size() > ENTRIES_MAX) {
      return Optional.of(
          new CatalogOutcome.Wrong(
              "a session has at most " + ENTRIES_MAX + " settings, temporary views and macros"));
    }
    Guard guard =
        before.isEmpty()
            ? new Guard.Absent(Keyspace.SESSIONS, id)
            : new Guard.ModifyRevision(Keyspace.SESSIONS, id, before.get().modifyRevision());
    var put = new Operation.Put(Keyspace.SESSIONS, id, encode(changed));
    return CatalogOutcome.of(backend.commit(List.of(guard), List.of(put)));
  }

  /**
   * Deletes sessions that were not used for long: their clients are gone, or set everything anew.
   * Of the others the longest unused go, when there are too many.
   *
   * @param usedBeforeMs those last used before this time go
   * @param sessionsMax how many may stay
   */
  public void removeUnused(long usedBeforeMs, int sessionsMax) {
    var kept = new TreeMap<Long, List<Entry>>();
    int count = 0;
    String after = "";
    List<Entry> page;
    do {
      page = backend.scan(Keyspace.SESSIONS, "", after, PAGE);
      for (Entry entry : page) {
        after = entry.key();
        long usedMs = decode(entry.value()).usedMs;
        if (usedMs < usedBeforeMs) {
          delete(entry);
        } else {
          kept.computeIfAbsent(usedMs, _ -> new ArrayList<>()).add(entry);
          count++;
        }
      }
    } while (page.size() == PAGE);
    for (List<Entry> oldest : kept.values()) {
      for (Entry entry : oldest) {
        if (count <= sessionsMax) {
          return;
        }
        delete(entry);
        count--;
      }
    }
  }

  /** Refused when the session was just used: then it stays. */
  private void delete(Entry entry) {
    var guard = new Guard.ModifyRevision(Keyspace.SESSIONS, entry.key(), entry.modifyRevision());
    var _ =
        backend.commit(
            List.of(guard), List.of(new Operation.Delete(Keyspace.SESSIONS, entry.key())));
  }

  private static Bytes encode(Session session) {
    return new RecordWriter()
        .number(VERSION)
        .text(session.principal)
        .text(session.engine)
        .number(session.usedMs)
        .list(
            session.settings.entrySet(),
            (out, setting) -> out.text(setting.getKey()).text(setting.getValue()))
        .list(
            session.temporary,
            (out, each) -> out.text(each.kind().name()).text(each.name()).text(each.createSql()))
        .toBytes();
  }

  private static Session decode(Bytes bytes) {
    var in = new RecordReader(bytes);
    int version = in.version("session", VERSION);
    String principal = in.text();
    String engine = version < 2 ? "" : in.text();
    long usedMs = in.number();
    SortedMap<String, String> settings = new TreeMap<>();
    in.list(i -> List.of(i.text(), i.text()))
        .forEach(setting -> settings.put(setting.get(0), setting.get(1)));
    var session =
        new Session(principal, engine, usedMs, settings, in.list(i -> temporary(i, version)));
    in.end();
    return session;
  }

  private static Definition temporary(RecordReader in, int version) {
    var kind = version < VERSION ? DefinitionKind.VIEW : DefinitionKind.valueOf(in.text());
    return new Definition(kind, Definition.MAIN, in.text(), in.text(), true);
  }
}
