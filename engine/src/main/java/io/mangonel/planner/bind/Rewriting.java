package io.mangonel.planner.bind;

import io.mangonel.planner.database.Errors;
import io.mangonel.planner.database.PlanningConnection;
import io.mangonel.planner.database.RejectedException;
import io.mangonel.planner.ir.Sql;
import io.mangonel.planner.names.DefinitionSet;
import io.mangonel.planner.names.FileReference;
import io.mangonel.planner.names.ParsedStatement;
import io.mangonel.planner.names.ParsedStatement.Qualifier;
import io.mangonel.planner.source.DataDirectories;
import io.mangonel.planner.source.FileCall;
import io.mangonel.planner.source.FileFormats;
import io.mangonel.planner.source.FileListing;
import io.mangonel.planner.source.ShadowTables;
import io.mangonel.planner.source.ShadowTables.Shadow;
import io.mangonel.planner.text.TextEdits;
import io.mangonel.planner.text.TextEdits.Range;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * The two texts a statement becomes: one for the planning database, in which files are tables, and
 * one for executors, in which paths are absolute.
 */
final class Rewriting {
  private final DataDirectories directories;
  private final ShadowTables tables;
  private final PlanningConnection connection;
  private final DefinitionSet definitions;
  private final List<String> retired;
  private final List<Shadow> used = new ArrayList<>();

  Rewriting(
      DataDirectories directories,
      ShadowTables tables,
      PlanningConnection connection,
      DefinitionSet definitions,
      List<String> retired) {
    this.directories = directories;
    this.tables = tables;
    this.connection = connection;
    this.definitions = definitions;
    this.retired = retired;
  }

  /** The tables that stand for the files of all statements rewritten so far. */
  List<Shadow> used() {
    return used;
  }

  /** The statement with its files replaced by tables of the planning database. */
  TextEdits forPlanning(String sql, ParsedStatement parsed, String workingDirectory)
      throws RejectedException, SQLException {
    var edits = new TextEdits(sql);
    unqualify(edits, parsed);
    for (FileReference file : parsed.files()) {
      if (isView(file)) {
        continue;
      }
      List<String> patterns = absolute(file, workingDirectory);
      if (patterns.stream().anyMatch(FileListing::isDirectory)) {
        replacePaths(edits, file, patterns);
        continue;
      }
      Shadow shadow = shadow(file, patterns);
      used.add(shadow);
      String alias = file.alias() ? "" : " AS " + Sql.identifier(file.defaultAlias());
      edits.replace(file.start(), file.end(), shadow.qualifiedName() + alias);
    }
    return edits;
  }

  /** The statement with absolute paths. */
  TextEdits forExecutors(String sql, ParsedStatement parsed, String workingDirectory)
      throws RejectedException {
    var edits = new TextEdits(sql);
    unqualify(edits, parsed);
    for (FileReference file : parsed.files()) {
      if (!isView(file)) {
        replacePaths(edits, file, absolute(file, workingDirectory));
      }
    }
    return edits;
  }

  private boolean isView(FileReference file) {
    return !file.call() && definitions.containsView(file.patterns().getFirst());
  }

  private void unqualify(TextEdits edits, ParsedStatement parsed) {
    for (Qualifier qualifier : parsed.qualifiers()) {
      String name = qualifier.ifTemporary();
      if (name != null && !definitions.hasTemporaryView(name)) {
        continue;
      }
      edits.replace(qualifier.range().start(), qualifier.range().end(), qualifier.replacement());
    }
  }

  private static void replacePaths(TextEdits edits, FileReference file, List<String> patterns) {
    if (patterns.equals(file.patterns())) {
      return;
    }
    if (file.call()) {
      edits.replace(file.pathsStart(), file.pathsEnd(), FileCall.list(patterns));
      return;
    }
    String pattern = patterns.getFirst();
    boolean keepAlias = !file.alias() && FileFormats.isGlob(pattern);
    String alias = keepAlias ? " AS " + Sql.identifier(file.defaultAlias()) : "";
    String path = file.quoted() ? Sql.identifier(pattern) : Sql.literal(pattern);
    edits.replace(file.start(), file.end(), path + alias);
  }

  private List<String> absolute(FileReference file, String workingDirectory)
      throws RejectedException {
    var absolute = new ArrayList<String>();
    for (String pattern : file.patterns()) {
      try {
        absolute.add(directories.absolute(pattern, workingDirectory));
      } catch (RejectedException e) {
        throw at(file, e);
      }
    }
    return absolute;
  }

  private Shadow shadow(FileReference file, List<String> patterns)
      throws RejectedException, SQLException {
    String function = FileFormats.canonicalFunction(file.function()).orElse(file.function());
    try {
      return tables.resolve(connection, new FileCall(function, patterns, file.options()), retired);
    } catch (RejectedException e) {
      throw at(file, e);
    } catch (SQLException e) {
      if (Errors.isFatal(e)) {
        throw e;
      }
      throw at(file, new RejectedException(Errors.firstPart(e)));
    }
  }

  private static RejectedException at(FileReference file, RejectedException error) {
    return new RejectedException(error.text(), new Range(file.start(), file.end()));
  }
}
