package io.mangonel.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.mangonel.catalog.Catalog.View;
import io.mangonel.state.MemoryStateBackend;
import io.mangonel.state.StateBackend;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CatalogTest {
  private final StateBackend backend = MemoryStateBackend.open();
  private final Catalog catalog = new Catalog(backend, "v2");
  private final Sessions sessions = new Sessions(backend, "v2");

  @AfterEach
  void close() {
    backend.close();
  }

  @Test
  void viewsComeInOrderOfCreationAndNamesIgnoreCase() {
    var zebra = new View("Zebra", "CREATE VIEW \"Zebra\" AS SELECT 1");
    var ape = new View("ape", "CREATE VIEW ape AS SELECT 2");
    assertThat(catalog.createView(zebra, "ada", "", false, false))
        .isEqualTo(new CatalogOutcome.Done());
    assertThat(catalog.createView(ape, "ada", "", false, false))
        .isEqualTo(new CatalogOutcome.Done());
    assertThat(catalog.views()).containsExactly(zebra, ape);

    var again = new View("ZEBRA", "CREATE VIEW \"ZEBRA\" AS SELECT 3");
    assertThat(catalog.createView(again, "ada", "", false, false))
        .isInstanceOf(CatalogOutcome.Wrong.class);
    assertThat(catalog.createView(again, "ada", "", false, true))
        .isEqualTo(new CatalogOutcome.Done());
    assertThat(catalog.views()).containsExactly(zebra, ape);
    assertThat(catalog.createView(again, "ada", "", true, false))
        .isEqualTo(new CatalogOutcome.Done());
    assertThat(catalog.views()).containsExactly(again, ape);

    assertThat(catalog.dropView("zebra", false)).isEqualTo(new CatalogOutcome.Done());
    assertThat(catalog.dropView("zebra", false)).isInstanceOf(CatalogOutcome.Wrong.class);
    assertThat(catalog.dropView("zebra", true)).isEqualTo(new CatalogOutcome.Done());
    assertThat(catalog.views()).containsExactly(ape);
  }

  @Test
  void aViewThatIsCreatedAgainUnderTheKeyOfItsStatementIsThere() {
    var view = new View("v", "CREATE VIEW v AS SELECT 1");
    var other = new View("v", "CREATE VIEW v AS SELECT 2");
    assertThat(catalog.createView(view, "ada", "key", false, false))
        .isEqualTo(new CatalogOutcome.Done());
    assertThat(catalog.createView(view, "ada", "key", false, false))
        .isEqualTo(new CatalogOutcome.Done());
    assertThat(catalog.createView(view, "ada", "other key", false, false))
        .isInstanceOf(CatalogOutcome.Wrong.class);
    assertThat(catalog.createView(view, "bob", "key", false, false))
        .isInstanceOf(CatalogOutcome.Wrong.class);
    assertThat(catalog.createView(other, "ada", "key", true, false))
        .isEqualTo(new CatalogOutcome.Done());
    assertThat(catalog.views()).containsExactly(other);
  }

  @Test
  void aSessionKeepsItsSettingsAndTemporaryViewsForItsPrincipalAlone() {
    var view = new View("t", "CREATE VIEW t AS SELECT 1");
    sessions.set("s1", "ada", "TimeZone", "UTC", 10);
    sessions.createView("s1", "ada", view, 11);

    var session = sessions.find("s1", "ada").orElseThrow();
    assertThat(session.settings()).containsEntry("TimeZone", "UTC");
    assertThat(session.temporaryViews()).containsExactly(view);
    assertThat(sessions.find("s1", "bob")).isEmpty();
    assertThat(sessions.set("s1", "bob", "TimeZone", "CET", 12))
        .isInstanceOf(CatalogOutcome.Wrong.class);

    sessions.set("s1", "ada", "TimeZone", null, 13);
    sessions.dropView("s1", "ada", "T", 14);
    var after = sessions.find("s1", "ada").orElseThrow();
    assertThat(after.settings()).isEmpty();
    assertThat(after.temporaryViews()).isEmpty();
  }

  @Test
  void sessionsThatNobodyChangedGo() {
    sessions.set("old", "ada", "a", "1", 10);
    sessions.set("new", "ada", "a", "1", 20);
    sessions.removeUnchangedSince(20);
    assertThat(sessions.find("old", "ada")).isEmpty();
    assertThat(sessions.find("new", "ada")).isPresent();
  }
}
