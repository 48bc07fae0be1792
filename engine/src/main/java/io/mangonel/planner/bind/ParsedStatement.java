package io.mangonel.planner.bind;

import io.mangonel.planner.text.TextEdits.Range;
import java.util.List;
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
 * @param mainQualified positions of {@code main.} before a name: everything is in one schema
 * @param names tables named anywhere, in lower case, CTEs among them
 * @param shows whether it has a SHOW, DESCRIBE or SUMMARIZE in it
 * @param parameters whether it has parameters
 * @param repeatable whether its plan depends on nothing but its text, tables, views and settings
 */
record ParsedStatement(
    @Nullable String error,
    @Nullable Range errorRange,
    boolean serializable,
    int statements,
    List<FileReference> files,
    List<Range> mainQualified,
    SortedSet<String> names,
    boolean shows,
    boolean parameters,
    boolean repeatable) {
  ParsedStatement {
    files = List.copyOf(files);
    mainQualified = List.copyOf(mainQualified);
    names = new TreeSet<>(names);
  }
}
