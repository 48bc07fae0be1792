package io.mangonel.catalog;

import io.mangonel.catalog.Catalog.View;
import io.mangonel.core.Bytes;
import io.mangonel.core.RecordReader;
import io.mangonel.core.RecordWriter;
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
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What sessions have set, in the store: any scheduler can serve any session. A session is there
 * from its first change on. Thread-safe.
 */
public final class Sessions {
  /** Settings, variables and temporary views of one session. */
  public static final int ENTRIES_MAX = 1_000;

  /** 2 has the engine. */
  private static final int VERSION = 2;

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
   * @param changedMs milliseconds since 1970
   * @param temporaryViews in order of creation
   */
  public record Session(
      String principal,
      String engine,
      long changedMs,
      SortedMap<String, String> settings,
      List<View> temporaryViews) {
    public Session {
      settings = new TreeMap<>(settings);
      temporaryViews = List.copyOf(temporaryViews);
    }
  }

  /** Empty for a session without changes, and for one of another principal. */
  public Optional<Session> find(String id, String principal) {
    return backend
        .get(Keyspace.SESSIONS, id)
        .map(entry -> decode(entry.value()))
        .filter(session -> session.principal.equals(principal));
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
          return new Session(principal, engine, nowMs, settings, session.temporaryViews);
        });
  }

  /** A temporary view takes the place of one of the same name. */
  public CatalogOutcome createView(String id, String principal, View view, long nowMs) {
    return change(
        id,
        principal,
        session -> {
          List<View> views = without(session.temporaryViews, view.name());
          views.add(view);
          return new Session(principal, engine, nowMs, session.settings, views);
        });
  }

  public CatalogOutcome dropView(String id, String principal, String name, long nowMs) {
    return change(
        id,
        principal,
        session ->
            new Session(
                principal, engine, nowMs, session.settings, without(session.temporaryViews, name)));
  }

  private static List<View> without(List<View> views, String name) {
    List<View> rest = new ArrayList<>(views);
    rest.removeIf(view -> view.name().equalsIgnoreCase(name));
    return rest;
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
    if (changed.settings.size() + changed.temporaryViews.size() > ENTRIES_MAX) {
      return Optional.of(
          new CatalogOutcome.Wrong(
              "a session has at most " + ENTRIES_MAX + " settings and temporary views"));
    }
    Guard guard =
        before.isEmpty()
            ? new Guard.Absent(Keyspace.SESSIONS, id)
            : new Guard.ModifyRevision(Keyspace.SESSIONS, id, before.get().modifyRevision());
    var put = new Operation.Put(Keyspace.SESSIONS, id, encode(changed));
    return CatalogOutcome.of(backend.commit(List.of(guard), List.of(put)));
  }

  /**
   * Deletes sessions that were not changed since: their clients are gone, or set everything anew.
   */
  public void removeUnchangedSince(long changedBeforeMs) {
    String after = "";
    List<Entry> page;
    do {
      page = backend.scan(Keyspace.SESSIONS, "", after, PAGE);
      for (Entry entry : page) {
        after = entry.key();
        if (decode(entry.value()).changedMs < changedBeforeMs) {
          var guard =
              new Guard.ModifyRevision(Keyspace.SESSIONS, entry.key(), entry.modifyRevision());
          // Refused when the session was just used: then it stays.
          var _ =
              backend.commit(
                  List.of(guard), List.of(new Operation.Delete(Keyspace.SESSIONS, entry.key())));
        }
      }
    } while (page.size() == PAGE);
  }

  private static Bytes encode(Session session) {
    return new RecordWriter()
        .number(VERSION)
        .text(session.principal)
        .text(session.engine)
        .number(session.changedMs)
        .list(
            session.settings.entrySet(),
            (out, setting) -> out.text(setting.getKey()).text(setting.getValue()))
        .list(session.temporaryViews, (out, view) -> out.text(view.name()).text(view.createSql()))
        .toBytes();
  }

  private static Session decode(Bytes bytes) {
    var in = new RecordReader(bytes);
    int version = in.version("session", VERSION);
    String principal = in.text();
    String engine = version < 2 ? "" : in.text();
    long changedMs = in.number();
    SortedMap<String, String> settings = new TreeMap<>();
    in.list(i -> List.of(i.text(), i.text()))
        .forEach(setting -> settings.put(setting.get(0), setting.get(1)));
    var session =
        new Session(
            principal, engine, changedMs, settings, in.list(i -> new View(i.text(), i.text())));
    in.end();
    return session;
  }
}
