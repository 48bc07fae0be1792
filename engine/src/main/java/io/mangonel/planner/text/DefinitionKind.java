package io.mangonel.planner.text;

/** What a catalogue holds. */
public enum DefinitionKind {
  SCHEMA("schema", "SCHEMA"),
  VIEW("view", "VIEW"),
  MACRO("macro", "MACRO"),
  /** A macro that gives rows. It and a macro of the same name are two things. */
  TABLE_MACRO("table macro", "MACRO TABLE");

  private final String title;
  private final String keywords;

  DefinitionKind(String title, String keywords) {
    this.title = title;
    this.keywords = keywords;
  }

  /** As a person calls it. */
  public String title() {
    return title;
  }

  /** Between DROP and its name. */
  public String keywords() {
    return keywords;
  }
}
