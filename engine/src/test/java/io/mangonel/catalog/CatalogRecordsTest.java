package io.mangonel.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mangonel.catalog.Catalog.StoredView;
import io.mangonel.catalog.Catalog.View;
import io.mangonel.core.Bytes;
import io.mangonel.core.RecordWriter;
import io.mangonel.core.UnreadableRecordException;
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
  private static final View VIEW = new View("V", "CREATE VIEW \"V\" AS SELECT 1");

  @TempDir Path directory;

  @Test
  void viewsAndSessionsSurviveAReopeningInTheirOrder() {
    var later = new View("a", "CREATE VIEW a AS FROM V");
    try (StateBackend backend = open()) {
      var catalog = new Catalog(backend, "v2.0.0");
      catalog.createView(VIEW, "ada", "", false, false);
      catalog.createView(later, "bob", "", false, false);
      catalog.createView(new View("gone", "CREATE VIEW gone AS SELECT 2"), "ada", "", false, false);
      catalog.dropView("GONE", false);
      new Sessions(backend, "v2.0.0").set("s", "ada", "TimeZone", "UTC", 5);
    }
    try (StateBackend backend = open()) {
      assertThat(new Catalog(backend, "v3").stored())
          .containsExactly(
              new StoredView(VIEW, "ada", "v2.0.0", ""),
              new StoredView(later, "bob", "v2.0.0", ""));
      var session = new Sessions(backend, "v3").find("s", "ada").orElseThrow();
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
                var view = new View(name + "_" + i, "CREATE VIEW x AS SELECT 1");
                outcomes.add(catalog.createView(view, "ada", "", false, false));
                outcomes.add(sessions.createView("s", "ada", view, i));
                outcomes.add(catalog.createView(VIEW, name, "", false, false));
              }
              return outcomes;
            });
      }
      var outcomes = new ArrayList<CatalogOutcome>();
      for (Future<List<CatalogOutcome>> done : threads.invokeAll(work)) {
        outcomes.addAll(done.get());
      }
      int own = WRITERS * VIEWS_PER_WRITER;
      assertThat(catalog.views()).hasSize(own + 1).doesNotHaveDuplicates();
      // Of all that created the same view one did, and the others heard that it is there.
      assertThat(outcomes).filteredOn(CatalogOutcome.Wrong.class::isInstance).hasSize(own - 1);
      long refused = outcomes.stream().filter(CatalogOutcome.Retryable.class::isInstance).count();
      assertThat(sessions.find("s", "ada").orElseThrow().temporaryViews())
          .hasSize((int) (own - refused))
          .doesNotHaveDuplicates();
    }
  }

  @Test
  void recordsOfTheFirstFormatAreRead() {
    try (StateBackend backend = MemoryStateBackend.open()) {
      Bytes view = new RecordWriter().number(1).text("V").text(VIEW.createSql()).toBytes();
      put(backend, Keyspace.CATALOG, "view/v", view);
      assertThat(new Catalog(backend, "v2").stored())
          .containsExactly(new StoredView(VIEW, "", "", ""));
      var session = new RecordWriter().number(1).text("ada").number(7);
      session.list(List.of(), (out, _) -> out.flag(true));
      session.list(List.of(VIEW), (out, v) -> out.text(v.name()).text(v.createSql()));
      put(backend, Keyspace.SESSIONS, "s", session.toBytes());
      var found = new Sessions(backend, "v2").find("s", "ada").orElseThrow();
      assertThat(found.temporaryViews()).containsExactly(VIEW);
      assertThat(found.changedMs()).isEqualTo(7);
      assertThat(found.engine()).isEmpty();
    }
  }

  @Test
  void viewsOfTheSecondFormatAreRead() {
    try (StateBackend backend = MemoryStateBackend.open()) {
      var view =
          new RecordWriter().number(2).text("V").text(VIEW.createSql()).text("ada").text("v1");
      put(backend, Keyspace.CATALOG, "view/v", view.toBytes());
      assertThat(new Catalog(backend, "v2").stored())
          .containsExactly(new StoredView(VIEW, "ada", "v1", ""));
    }
  }

  @Test
  void newerRecordsAreRefusedByName() {
    try (StateBackend backend = MemoryStateBackend.open()) {
      Bytes newer = new RecordWriter().number(4).text("?").toBytes();
      put(backend, Keyspace.CATALOG, "view/v", newer);
      put(backend, Keyspace.SESSIONS, "s", newer);
      assertThatThrownBy(() -> new Catalog(backend, "v2").views())
          .isInstanceOf(UnreadableRecordException.class)
          .hasMessageContaining("view has format version 4; this build reads 1 to 3");
      assertThatThrownBy(() -> new Sessions(backend, "v2").find("s", "ada"))
          .isInstanceOf(UnreadableRecordException.class)
          .hasMessageContaining("session has format version 4; this build reads 1 to 2");
    }
  }

  private StateBackend open() {
    return RocksDbStateBackend.open(directory.resolve("state"), message -> {});
  }

  private static void put(StateBackend backend, Keyspace keyspace, String key, Bytes value) {
    backend.commit(List.of(), List.of(new Operation.Put(keyspace, key, value)));
  }
}
