package io.mangonel.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.mangonel.planner.names.Definition;
import io.mangonel.planner.text.DefinitionKind;
import io.mangonel.state.MemoryStateBackend;
import io.mangonel.state.StateBackend;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CatalogTest {
  private static final Catalog.Dropper NOBODY = new Catalog.Dropper("", "");

  private final StateBackend backend = MemoryStateBackend.open();
  private final Catalog catalog = new Catalog(backend, "v2");
  private final Sessions sessions = new Sessions(backend, "v2");

  @AfterEach
  void close() {
    backend.close();
  }

  @Test
  void viewsComeInOrderOfCreationAndNamesIgnoreCase() {
    var zebra = Definition.view("Zebra", "CREATE VIEW \"Zebra\" AS SELECT 1");
    var ape = Definition.view("ape", "CREATE VIEW ape AS SELECT 2");
    assertThat(catalog.create(zebra, "ada", "", false, false)).isEqualTo(new CatalogOutcome.Done());
    assertThat(catalog.create(ape, "ada", "", false, false)).isEqualTo(new CatalogOutcome.Done());
    assertThat(catalog.definitions()).containsExactly(zebra, ape);

    var again = Definition.view("ZEBRA", "CREATE VIEW \"ZEBRA\" AS SELECT 3");
    assertThat(catalog.create(again, "ada", "", false, false))
        .isInstanceOf(CatalogOutcome.Wrong.class);
    assertThat(catalog.create(again, "ada", "", false, true)).isEqualTo(new CatalogOutcome.Done());
    assertThat(catalog.definitions()).containsExactly(zebra, ape);
    assertThat(catalog.create(again, "ada", "", true, false)).isEqualTo(new CatalogOutcome.Done());
    assertThat(catalog.definitions()).containsExactly(again, ape);

    assertThat(dropView("zebra", false)).isEqualTo(new CatalogOutcome.Done());
    assertThat(dropView("zebra", false)).isInstanceOf(CatalogOutcome.Wrong.class);
    assertThat(dropView("zebra", true)).isEqualTo(new CatalogOutcome.Done());
    assertThat(catalog.definitions()).containsExactly(ape);
  }

  @Test
  void whatAnotherSchedulerChangesIsSeenAtOnce() {
    var other = new Catalog(backend, "v2");
    var nobody = new Catalog.Dropper("", "");
    var ape = Definition.view("ape", "CREATE VIEW ape AS SELECT 1");
    var ape2 = Definition.view("ape", "CREATE VIEW ape AS SELECT 3");
    var bee = Definition.view("bee", "CREATE VIEW bee AS SELECT 2");
    assertThat(catalog.definitions()).isEmpty();
    other.create(ape, "ada", "", false, false);
    assertThat(catalog.definitions()).containsExactly(ape);
    assertThat(catalog.definitions()).isSameAs(catalog.definitions());
    catalog.create(bee, "ada", "", false, false);
    assertThat(other.definitions()).containsExactly(ape, bee);
    other.create(ape2, "ada", "", true, false);
    assertThat(catalog.definitions()).containsExactly(ape2, bee);
    other.drop(DefinitionKind.VIEW, "main", "APE", nobody, false, false);
    assertThat(catalog.definitions()).containsExactly(bee);
  }

  @Test
  void aViewThatIsCreatedAgainUnderTheKeyOfItsStatementIsThere() {
    var view = Definition.view("v", "CREATE VIEW v AS SELECT 1");
    var other = Definition.view("v", "CREATE VIEW v AS SELECT 2");
    assertThat(catalog.create(view, "ada", "key", false, false))
        .isEqualTo(new CatalogOutcome.Done());
    assertThat(catalog.create(view, "ada", "key", false, false))
        .isEqualTo(new CatalogOutcome.Done());
    assertThat(catalog.create(view, "ada", "other key", false, false))
        .isInstanceOf(CatalogOutcome.Wrong.class);
    assertThat(catalog.create(view, "bob", "key", false, false))
        .isInstanceOf(CatalogOutcome.Wrong.class);
    assertThat(catalog.create(other, "ada", "key", true, false))
        .isEqualTo(new CatalogOutcome.Done());
    assertThat(catalog.definitions()).containsExactly(other);
  }

  @Test
  void aViewThatIsDroppedAgainUnderTheKeyOfItsStatementIsGoneAndANewOneStays() {
    var view = Definition.view("v", "CREATE VIEW v AS SELECT 1");
    catalog.create(view, "ada", "", false, false);
    var ada = new Catalog.Dropper("ada", "key");
    assertThat(drop("v", ada, false)).isEqualTo(new CatalogOutcome.Done());
    assertThat(drop("v", ada, false)).isEqualTo(new CatalogOutcome.Done());
    assertThat(drop("v", new Catalog.Dropper("bob", "key"), false))
        .isInstanceOf(CatalogOutcome.Wrong.class);
    assertThat(drop("v", new Catalog.Dropper("ada", "other key"), false))
        .isInstanceOf(CatalogOutcome.Wrong.class);

    catalog.create(view, "bob", "", false, false);
    assertThat(drop("v", ada, false)).isEqualTo(new CatalogOutcome.Done());
    assertThat(catalog.definitions()).containsExactly(view);
  }

  /** A session's view hid one of the same name: sent again, the statement must not drop that. */
  @Test
  void whatASessionDroppedIsRememberedToo() {
    var ada = new Catalog.Dropper("ada", "key");
    assertThat(catalog.wasDropped(DefinitionKind.VIEW, "v", ada)).isFalse();
    assertThat(catalog.dropped(DefinitionKind.VIEW, "v", ada)).isEqualTo(new CatalogOutcome.Done());
    assertThat(catalog.wasDropped(DefinitionKind.VIEW, "v", ada)).isTrue();
    catalog.create(Definition.view("v", "CREATE VIEW v AS SELECT 1"), "bob", "", false, false);
    assertThat(drop("v", ada, false)).isEqualTo(new CatalogOutcome.Done());
    assertThat(catalog.definitions()).hasSize(1);
    assertThat(catalog.dropped(DefinitionKind.VIEW, "w", NOBODY))
        .isEqualTo(new CatalogOutcome.Done());
    assertThat(catalog.wasDropped(DefinitionKind.VIEW, "w", NOBODY)).isFalse();
  }

  @Test
  void onlyTheLastDropsAreRemembered() {
    var first = new Catalog.Dropper("ada", "key 0");
    for (int i = 0; i <= RecentDrops.DROPS_MAX; i++) {
      catalog.create(Definition.view("v", "CREATE VIEW v AS SELECT 1"), "ada", "", true, false);
      assertThat(drop("v", new Catalog.Dropper("ada", "key " + i), false))
          .isEqualTo(new CatalogOutcome.Done());
    }
    assertThat(drop("v", first, false)).isInstanceOf(CatalogOutcome.Wrong.class);
    assertThat(drop("v", new Catalog.Dropper("ada", "key 1"), false))
        .isEqualTo(new CatalogOutcome.Done());
  }

  @Test
  void aSessionKeepsItsSettingsAndTemporaryViewsForItsPrincipalAlone() {
    var view =
        new Definition(
            DefinitionKind.VIEW, Definition.MAIN, "t", "CREATE VIEW t AS SELECT 1", true);
    sessions.set("s1", "ada", "TimeZone", "UTC", 10);
    sessions.create("s1", "ada", view, false, false, 11);

    var session = sessions.use("s1", "ada", 20).orElseThrow();
    assertThat(session.settings()).containsEntry("TimeZone", "UTC");
    assertThat(session.temporary()).containsExactly(view);
    assertThat(sessions.use("s1", "bob", 20)).isEmpty();
    assertThat(sessions.set("s1", "bob", "TimeZone", "CET", 12))
        .isInstanceOf(CatalogOutcome.Wrong.class);

    sessions.set("s1", "ada", "TimeZone", null, 13);
    sessions.drop("s1", "ada", DefinitionKind.VIEW, "T", 14);
    var after = sessions.use("s1", "ada", 20).orElseThrow();
    assertThat(after.settings()).isEmpty();
    assertThat(after.temporary()).isEmpty();
  }

  @Test
  void sessionsThatNobodyChangedGo() {
    sessions.set("old", "ada", "a", "1", 10);
    sessions.set("new", "ada", "a", "1", 20);
    sessions.removeUnused(20, 10);
    assertThat(sessions.use("old", "ada", 20)).isEmpty();
    assertThat(sessions.use("new", "ada", 20)).isPresent();
  }

  @Test
  void theLongestUnusedSessionsGoWhenThereAreTooMany() {
    for (int i = 0; i < 5; i++) {
      sessions.set("s" + i, "ada", "a", "1", 100 - i);
    }
    sessions.removeUnused(0, 2);
    assertThat(sessions.use("s0", "ada", 100)).isPresent();
    assertThat(sessions.use("s1", "ada", 100)).isPresent();
    assertThat(sessions.use("s2", "ada", 100)).isEmpty();
  }

  @Test
  void aSessionInUseStays() {
    sessions.set("s", "ada", "a", "1", 0);
    long laterMs = Sessions.USE_WRITTEN_MS + 1;
    assertThat(sessions.use("s", "ada", laterMs)).isPresent();
    sessions.removeUnused(laterMs, 10);
    assertThat(sessions.use("s", "ada", laterMs)).isPresent();
    sessions.removeUnused(laterMs + 1, 10);
    assertThat(sessions.use("s", "ada", laterMs)).isEmpty();
  }

  @Test
  void aClosedSessionIsForgotten() {
    sessions.set("s", "ada", "a", "1", 0);
    assertThat(sessions.close("s", "bob")).isEqualTo(new CatalogOutcome.Done());
    assertThat(sessions.use("s", "ada", 0)).isPresent();
    assertThat(sessions.close("s", "ada")).isEqualTo(new CatalogOutcome.Done());
    assertThat(sessions.use("s", "ada", 0)).isEmpty();
  }

  @Test
  void aSchemaIsDroppedWhenItIsEmptyOrWithAllThatIsInIt() {
    var schema = new Definition(DefinitionKind.SCHEMA, "S", "S", "CREATE SCHEMA S", false);
    var view = new Definition(DefinitionKind.VIEW, "S", "v", "CREATE VIEW v AS SELECT 1", false);
    assertThat(catalog.create(view, "ada", "", false, false))
        .isInstanceOf(CatalogOutcome.Wrong.class);
    assertThat(catalog.create(schema, "ada", "", false, false))
        .isEqualTo(new CatalogOutcome.Done());
    assertThat(catalog.create(view, "ada", "", false, false)).isEqualTo(new CatalogOutcome.Done());
    assertThat(
            catalog.create(
                Definition.view("v", "CREATE VIEW v AS FROM S.v"), "ada", "", false, false))
        .isEqualTo(new CatalogOutcome.Done());
    assertThat(catalog.drop(DefinitionKind.SCHEMA, "s", "s", NOBODY, false, false))
        .isInstanceOf(CatalogOutcome.Wrong.class);
    assertThat(catalog.drop(DefinitionKind.SCHEMA, "s", "s", NOBODY, false, true))
        .isEqualTo(new CatalogOutcome.Done());
    assertThat(catalog.definitions()).hasSize(1);
  }

  private CatalogOutcome dropView(String name, boolean ifExists) {
    return drop(name, NOBODY, ifExists);
  }

  private CatalogOutcome drop(String name, Catalog.Dropper by, boolean ifExists) {
    return catalog.drop(DefinitionKind.VIEW, Definition.MAIN, name, by, ifExists, false);
  }
}
