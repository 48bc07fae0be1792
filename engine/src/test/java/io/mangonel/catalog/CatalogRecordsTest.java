package io.mangonel.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mangonel.catalog.Catalog.Stored;
import io.mangonel.core.Bytes;
import io.mangonel.core.RecordWriter;
import io.mangonel.core.UnreadableRecordException;
import io.mangonel.planner.names.Definition;
import io.mangonel.planner.text.DefinitionKind;
import io.mangonel.state.Keyspace;
import io.mangonel.state.MemoryStateBackend;
import io.mangonel.state.RocksDbStateBackend;
import io.mangonel.state.StateBackend;
import io.mangonel.state.StateBackend.Operation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Views and sessions as the store has them: versions, reopening, several writers. */
class CatalogRecordsTest {
  private static final int WRITERS = 6;
  private static final int VIEWS_PER_WRITER = 10;
  private static final Definition VIEW = Definition.view("V", "CREATE VIEW \"V\" AS SELECT 1");

  @TempDir Path directory;

  @Test
  void viewsAndSessionsSurviveAReopeningInTheirOrder() {
    var later = Definition.view("a", "CREATE VIEW a AS FROM V");
    try (StateBackend backend = open()) {
      var catalog = new Catalog(backend, "v2.0.0");
      catalog.create(VIEW, "ada", "", false, false);
      catalog.create(later, "bob", "", false, false);
      catalog.create(
          Definition.view("gone", "CREATE VIEW gone AS SELECT 2"), "ada", "", false, false);
      catalog.drop(DefinitionKind.VIEW, "main", "GONE", new Catalog.Dropper("", ""), false, false);
      new Sessions(backend, "v2.0.0").set("s", "ada", "TimeZone", "UTC", 5);
    }
    try (StateBackend backend = open()) {
      assertThat(new Catalog(backend, "v3").stored())
          .containsExactly(
              new Stored(VIEW, "ada", "v2.0.0", ""), new Stored(later, "bob", "v2.0.0", ""));
      var session = new Sessions(backend, "v3").use("s", "ada", 7).orElseThrow();
      assertThat(session.engine()).isEqualTo("v2.0.0");
      assertThat(session.settings()).containsEntry("TimeZone", "UTC");
    }
  }

  @Test
  void writersAtOnceLoseNothing() throws Exception {
    try (StateBackend backend = MemoryStateBackend.open();
        var threads = Executors.newFixedThreadPool(WRITERS)) {
      var catalog = new Catalog(backend, "v2");
      var sessions = new Sessions(backend, "v2");
      var work = new ArrayList<Callable<List<CatalogOutcome>>>();
      for (int writer = 0; writer < WRITERS; writer++) {
        String name = "w" + writer;
        work.add(
            () -> {
              var outcomes = new ArrayList<CatalogOutcome>();
              for (int i = 0; i < VIEWS_PER_WRITER; i++) {
                var view = Definition.view(name + "_" + i, "CREATE VIEW x AS SELECT 1");
                outcomes.add(catalog.create(view, "ada", "", false, false));
                outcomes.add(sessions.create("s", "ada", temporary(view), false, false, i));
                outcomes.add(catalog.create(VIEW, name, "", false, false));
              }
              return outcomes;
            });
      }
      var outcomes = new ArrayList<CatalogOutcome>();
      for (Future<List<CatalogOutcome>> done : threads.invokeAll(work)) {
        outcomes.addAll(done.get());
      }
      int own = WRITERS * VIEWS_PER_WRITER;
      assertThat(catalog.definitions()).hasSize(own + 1).doesNotHaveDuplicates();
      // Of all that created the same view one did, and the others heard that it is there.
      assertThat(outcomes).filteredOn(CatalogOutcome.Wrong.class::isInstance).hasSize(own - 1);
      long refused = outcomes.stream().filter(CatalogOutcome.Retryable.class::isInstance).count();
      assertThat(sessions.use("s", "ada", 7).orElseThrow().temporary())
          .hasSize((int) (own - refused))
          .doesNotHaveDuplicates();
    }
  }

  @Test
  void recordsOfTheFirstFormatAreRead() {
    try (StateBackend backend = MemoryStateBackend.open()) {
      Bytes view = new RecordWriter().number(1).text("V").text(VIEW.createSql()).toBytes();
      put(backend, Keyspace.CATALOG, "view/v", view);
      assertThat(new Catalog(backend, "v2").stored()).containsExactly(new Stored(VIEW, "", "", ""));
      var session = new RecordWriter().number(1).text("ada").number(7);
      session.list(List.of(), (out, _) -> out.flag(true));
      session.list(List.of(VIEW), (out, v) -> out.text(v.name()).text(v.createSql()));
      put(backend, Keyspace.SESSIONS, "s", session.toBytes());
      var found = new Sessions(backend, "v2").use("s", "ada", 7).orElseThrow();
      assertThat(found.temporary()).containsExactly(temporary(VIEW));
      assertThat(found.usedMs()).isEqualTo(7);
      assertThat(found.engine()).isEmpty();
    }
  }

  @Test
  void viewsOfTheSecondAndThirdFormatAreRead() {
    try (StateBackend backend = MemoryStateBackend.open()) {
      var second =
          new RecordWriter().number(2).text("V").text(VIEW.createSql()).text("ada").text("v1");
      put(backend, Keyspace.CATALOG, "view/v", second.toBytes());
      assertThat(new Catalog(backend, "v2").stored())
          .containsExactly(new Stored(VIEW, "ada", "v1", ""));
      var third =
          new RecordWriter().number(3).text("V").text(VIEW.createSql()).text("ada").text("v1");
      put(backend, Keyspace.CATALOG, "view/v", third.text("key").toBytes());
      assertThat(new Catalog(backend, "v2").stored())
          .containsExactly(new Stored(VIEW, "ada", "v1", "key"));
    }
  }

  @Test
  void newerRecordsAreRefusedByName() {
    try (StateBackend backend = MemoryStateBackend.open()) {
      Bytes newer = new RecordWriter().number(5).text("?").toBytes();
      put(backend, Keyspace.CATALOG, "view/v", newer);
      put(backend, Keyspace.SESSIONS, "s", newer);
      assertThatThrownBy(() -> new Catalog(backend, "v2").definitions())
          .isInstanceOf(UnreadableRecordException.class)
          .hasMessageContaining("definition has format version 5; this build reads 1 to 4");
      assertThatThrownBy(() -> new Sessions(backend, "v2").use("s", "ada", 7))
          .isInstanceOf(UnreadableRecordException.class)
          .hasMessageContaining("session has format version 5; this build reads 1 to 3");
    }
  }

  private static Definition temporary(Definition view) {
    return new Definition(view.kind(), view.schema(), view.name(), view.createSql(), true);
  }

  private StateBackend open() {
    return RocksDbStateBackend.open(directory.resolve("state"), message -> {});
  }

  private static void put(StateBackend backend, Keyspace keyspace, String key, Bytes value) {
    backend.commit(List.of(), List.of(new Operation.Put(keyspace, key, value)));
  }
}
