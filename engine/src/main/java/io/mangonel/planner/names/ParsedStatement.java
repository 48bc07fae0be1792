package io.mangonel.planner.names;

import io.mangonel.planner.text.TextEdits.Range;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a statement's own text says, before anything is looked up.
 *
 * @param error DuckDB's message when it does not parse, or null
 * @param errorRange where, or null
 * @param serializable whether DuckDB can turn it into JSON at all; a PIVOT without its values it
 *     cannot
 * @param statements how many statements the text has
 * @param files the places that name files
 * @param qualifiers positions of the database's name before other names: it is not the name of the
 *     database in which the statement is bound
 * @param tables tables named anywhere, CTEs among them
 * @param functions functions named anywhere
 * @param asksCatalog whether it reads what is in the catalogue: {@code information_schema.tables},
 *     {@code SHOW TABLES}
 * @param asksSession whether it reads where names are looked up: {@code current_schema()}
 * @param shows whether it has a SHOW, DESCRIBE or SUMMARIZE in it
 * @param parameters whether it has parameters
 * @param repeatable whether its plan depends on nothing but its text, tables, views and settings
 */
public record ParsedStatement(
    @Nullable String error,
    @Nullable Range errorRange,
    boolean serializable,
    int statements,
    List<FileReference> files,
    List<Qualifier> qualifiers,
    SortedSet<Reference> tables,
    SortedSet<Reference> functions,
    boolean asksCatalog,
    boolean asksSession,
    boolean shows,
    boolean parameters,
    boolean repeatable) {
  /**
   * What a qualifier of a name is replaced with.
   *
   * @param ifTemporary a name that has to be that of something temporary, or null
   */
  public record Qualifier(Range range, String replacement, @Nullable String ifTemporary) {}

  /** The same statement as if it read {@code definition}. */
  public ParsedStatement naming(Definition definition) {
    var name =
        new Reference(definition.temporary() ? "temp" : definition.schema(), definition.name());
    return new ParsedStatement(
        error,
        errorRange,
        serializable,
        statements,
        files,
        qualifiers,
        new TreeSet<>(Set.of(name)),
        new TreeSet<>(Set.of(name)),
        asksCatalog,
        asksSession,
        shows,
        parameters,
        repeatable);
  }

  public ParsedStatement {
    files = List.copyOf(files);
    qualifiers = List.copyOf(qualifiers);
    tables = new TreeSet<>(tables);
    functions = new TreeSet<>(functions);
  }
}
