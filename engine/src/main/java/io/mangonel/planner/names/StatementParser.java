package io.mangonel.planner.names;

import com.fasterxml.jackson.databind.JsonNode;
import io.mangonel.planner.database.Json;
import io.mangonel.planner.database.Limits;
import io.mangonel.planner.database.LruCache;
import io.mangonel.planner.database.PlanningConnection;
import io.mangonel.planner.database.RejectedException;
import io.mangonel.planner.names.ParsedStatement.Qualifier;
import io.mangonel.planner.source.FileFormats;
import io.mangonel.planner.text.ErrorText;
import io.mangonel.planner.text.TextEdits.Range;
import io.mangonel.planner.text.Token;
import io.mangonel.planner.text.Token.Kind;
import io.mangonel.planner.text.Tokens;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Finds what a statement refers to, in the tree that DuckDB's own parser makes of it. */
public final class StatementParser {
  private static final Set<String> BEFORE_A_NAME =
      Set.of("FROM", "JOIN", "TABLE", "DESCRIBE", "DESC", "SUMMARIZE", "SHOW", "PIVOT", "UNPIVOT");

  /** DuckDB's "no location": 2^64 - 1, which Jackson reads as an int of -1. */
  private static final int NOWHERE = -1;

  private final LruCache<String, ParsedStatement> cache = new LruCache<>(Limits.CACHE_ENTRIES_MAX);

  public ParsedStatement parse(PlanningConnection connection, String sql)
      throws RejectedException, SQLException {
    var known = cache.get(sql);
    if (known.isPresent()) {
      return known.get();
    }
    JsonNode tree = Json.parse(connection.serializeSql(sql));
    ParsedStatement parsed = new Walk(sql).read(tree);
    if (sql.length() <= Limits.CACHED_SQL_CHARACTERS_MAX) {
      cache.put(sql, parsed);
    }
    return parsed;
  }

  /** One statement's reading. */
  private static final class Walk {
    private final String sql;
    private final boolean ascii;
    private final List<Token> tokens;
    private final List<FileReference> files = new ArrayList<>();
    private final List<Qualifier> qualifiers = new ArrayList<>();
    private final SortedSet<Reference> tables = new TreeSet<>();
    private final SortedSet<Reference> functions = new TreeSet<>();
    private boolean asksCatalog;
    private boolean asksSession;
    private final Set<String> commonTables = new TreeSet<>();
    private boolean shows;
    private boolean parameters;
    private boolean repeatable = true;

    Walk(String sql) {
      this.sql = sql;
      this.ascii = sql.chars().allMatch(c -> c < 0x80);
      this.tokens = Tokens.of(sql);
    }

    ParsedStatement read(JsonNode tree) {
      if (tree.path("error").asBoolean()) {
        if (!tree.path("error_type").asText().equals("not implemented")) {
          Range range = Json.location(tree, sql);
          return result(Json.errorMessage(tree), range, true, 1);
        }
        readTokens();
        return result(null, null, false, 1);
      }
      collectCommonTables(tree);
      visit(tree);
      return result(null, null, true, tree.path("statements").size());
    }

    private ParsedStatement result(
        @Nullable String error, @Nullable Range range, boolean serializable, int statements) {
      files.sort(Comparator.comparingInt(FileReference::start));
      return new ParsedStatement(
          error,
          range,
          serializable,
          statements,
          files,
          qualifiers,
          tables,
          functions,
          asksCatalog,
          asksSession,
          shows,
          parameters,
          serializable && repeatable);
    }

    private void collectCommonTables(JsonNode node) {
      for (JsonNode entry : node.path("cte_map").path("map")) {
        commonTables.add(entry.path("key").asText().toLowerCase(Locale.ROOT));
      }
      for (JsonNode child : node) {
        if (child.isContainerNode()) {
          collectCommonTables(child);
        }
      }
    }

    private void visit(JsonNode node) {
      switch (node.path("type").asText()) {
        case "BASE_TABLE" -> baseTable(node);
        case "TABLE_FUNCTION" -> tableFunction(node);
        case "SHOW_REF" -> {
          shows = true;
          tables.add(reference(node.path("schema_name"), node.path("table_name")));
          asksCatalog |= CatalogNames.SHOWS.contains(node.path("show_type").asText());
        }
        case "VALUE_PARAMETER" -> parameters = true;
        default -> {}
      }
      switch (node.path("class").asText()) {
        case "FUNCTION", "WINDOW" -> function(node);
        case "COLUMN_REF" -> {
          JsonNode path = node.path("column_names");
          String column = path.path(path.size() - 1).asText();
          repeatable &= RepeatableNames.isColumn(column);
          asksSession |= CatalogNames.isOfSession(column);
          if (path.size() > 2 && isDatabase(path.path(0))) {
            unqualify(tokenAt(node), "");
          }
        }
        default -> {}
      }
      for (JsonNode child : node) {
        if (child.isContainerNode()) {
          visit(child);
        }
      }
    }

    private void function(JsonNode node) {
      String name = node.path("function_name").asText();
      functions.add(reference(node.path("schema"), node.path("function_name")));
      repeatable &= RepeatableNames.isFunction(name);
      asksSession |= CatalogNames.isOfSession(name);
      if (isDatabase(node.path("catalog"))) {
        unqualify(tokenAt(node), "");
      }
    }

    private static Reference reference(JsonNode schema, JsonNode name) {
      String named = isDatabase(schema) ? Definition.MAIN : schema.asText();
      return new Reference(named, name.asText());
    }

    private static boolean isDatabase(JsonNode name) {
      return name.asText().equalsIgnoreCase(Definition.DATABASE);
    }

    /** Takes away, or replaces, the first part of the name that starts with token {@code first}. */
    private void unqualify(int first, String replacement) {
      if (first >= 0 && first + 2 < tokens.size() && tokens.get(first + 1).isSymbol('.')) {
        int end = replacement.isEmpty() ? tokens.get(first + 2).start() : tokens.get(first).end();
        qualifiers.add(new Qualifier(new Range(tokens.get(first).start(), end), replacement, null));
      }
    }

    private void baseTable(JsonNode node) {
      String name = node.path("table_name").asText();
      String schema = node.path("schema_name").asText();
      tables.add(reference(node.path("schema_name"), node.path("table_name")));
      asksCatalog |= CatalogNames.isTable(schema, name);
      int first = tokenAt(node);
      boolean alias = !node.path("alias").asText().isEmpty();
      if (isDatabase(node.path("catalog_name"))) {
        unqualify(first, "");
      } else if (isDatabase(node.path("schema_name"))) {
        unqualify(first, Definition.MAIN);
      } else if (DefinitionSet.mayBeTemporary(schema) && first >= 0 && !schema.isEmpty()) {
        // What is temporary is in a schema that users do not know.
        Token token = tokens.get(first);
        qualifiers.add(
            new Qualifier(
                new Range(token.start(), token.end()), NeededDefinition.TEMPORARY_SCHEMA, name));
      }
      boolean plain = schema.isEmpty() && !commonTables.contains(name.toLowerCase(Locale.ROOT));
      var function = FileFormats.functionOf(name);
      if (!plain || function.isEmpty()) {
        return;
      }
      if (first >= 0) {
        files.add(fileName(tokens.get(first), function.get(), alias));
        return;
      }
      for (int i = 1; i < tokens.size(); i++) {
        Token token = tokens.get(i);
        boolean named = token.isName() && token.value().equals(name);
        if (named && BEFORE_A_NAME.contains(upper(tokens.get(i - 1))) && !isKnown(token)) {
          // TABLE x, DESCRIBE x and their kind have no place for an alias.
          files.add(fileName(token, function.get(), true));
        }
      }
    }

    private boolean isKnown(Token token) {
      return files.stream().anyMatch(file -> file.start() == token.start());
    }

    private static FileReference fileName(Token token, String function, boolean alias) {
      boolean quoted = token.kind() == Kind.QUOTED_IDENTIFIER || token.kind() == Kind.WORD;
      int start = token.start();
      int end = token.end();
      var patterns = List.of(token.value());
      return new FileReference(
          false, function, patterns, "", start, end, start, end, quoted, alias);
    }

    private void tableFunction(JsonNode node) {
      JsonNode function = node.path("function");
      String name = function.path("function_name").asText();
      int first = tokenAt(node);
      asksCatalog |= CatalogNames.isTableFunction(name);
      if (isDatabase(function.path("catalog"))) {
        unqualify(first, "");
      }
      if (first >= 0 && FileFormats.canonicalFunction(name).isPresent()) {
        call(first, !node.path("alias").asText().isEmpty());
      }
    }

    /** The call whose name is token {@code first}, if its first argument is paths. */
    private void call(int first, boolean alias) {
      int at = first + 2;
      int depth = 1;
      int argumentEnd = -1;
      int argumentTokenEnd = at;
      while (at < tokens.size() && depth > 0) {
        Token token = tokens.get(at);
        if (depth == 1 && token.isSymbol(',') && argumentEnd < 0) {
          argumentEnd = tokens.get(at - 1).end();
          argumentTokenEnd = at;
        }
        depth += opens(token) ? 1 : closes(token) ? -1 : 0;
        at++;
      }
      if (depth > 0 || at < first + 4) {
        return;
      }
      int close = at - 1;
      if (argumentEnd < 0) {
        argumentEnd = tokens.get(close - 1).end();
        argumentTokenEnd = close;
      }
      List<Token> argument = tokens.subList(first + 2, argumentTokenEnd);
      List<String> patterns = patterns(argument);
      if (!patterns.isEmpty()) {
        Token function = tokens.get(first);
        String options = textOf(tokens.subList(argumentTokenEnd, close));
        int pathsStart = argument.getFirst().start();
        int end = tokens.get(close).end();
        files.add(
            new FileReference(
                true,
                function.value(),
                patterns,
                options,
                function.start(),
                end,
                pathsStart,
                argumentEnd,
                false,
                alias));
      }
    }

    private static boolean opens(Token token) {
      return token.isSymbol('(') || token.isSymbol('[') || token.isSymbol('{');
    }

    private static boolean closes(Token token) {
      return token.isSymbol(')') || token.isSymbol(']') || token.isSymbol('}');
    }

    /** A string, or a list of strings; empty when it is anything else. */
    private static List<String> patterns(List<Token> argument) {
      if (argument.size() == 1) {
        Token only = argument.getFirst();
        return only.kind() == Kind.STRING ? List.of(only.value()) : List.of();
      }
      boolean list = argument.getFirst().isSymbol('[') && argument.getLast().isSymbol(']');
      var patterns = new ArrayList<String>();
      for (int i = 1; list && i < argument.size() - 1; i++) {
        Token token = argument.get(i);
        list = i % 2 == 1 ? token.kind() == Kind.STRING : token.isSymbol(',');
        if (token.kind() == Kind.STRING) {
          patterns.add(token.value());
        }
      }
      return list ? patterns : List.of();
    }

    /** The tokens as written, without the comments between them. */
    private String textOf(List<Token> part) {
      var text = new StringBuilder();
      for (int i = 0; i < part.size(); i++) {
        Token token = part.get(i);
        boolean apart = i > 0 && part.get(i - 1).end() < token.start();
        text.append(apart ? " " : "").append(sql, token.start(), token.end());
      }
      return text.toString();
    }

    /** For what DuckDB does not turn into JSON: files are found by the words before them. */
    private void readTokens() {
      for (int i = 0; i < tokens.size(); i++) {
        Token token = tokens.get(i);
        boolean call = i + 1 < tokens.size() && tokens.get(i + 1).isSymbol('(');
        if (call && FileFormats.canonicalFunction(token.value()).isPresent()) {
          call(i, true);
        } else if (token.isName()) {
          name(i);
          var function = FileFormats.functionOf(token.value());
          boolean named = i > 0 && BEFORE_A_NAME.contains(upper(tokens.get(i - 1)));
          if (named && function.isPresent()) {
            files.add(fileName(token, function.get(), true));
          }
        }
      }
    }

    /** A table or a function, with a schema where a point and a name follow. */
    private void name(int at) {
      boolean qualified =
          at + 2 < tokens.size() && tokens.get(at + 1).isSymbol('.') && tokens.get(at + 2).isName();
      String first = tokens.get(at).value();
      var plain = new Reference("", first);
      tables.add(plain);
      functions.add(plain);
      asksCatalog |= CatalogNames.isTable(first, "") || CatalogNames.isTableFunction(first);
      asksSession |= CatalogNames.isOfSession(first);
      if (qualified) {
        var both = new Reference(first, tokens.get(at + 2).value());
        tables.add(both);
        functions.add(both);
      }
    }

    private static String upper(Token token) {
      return token.kind() == Kind.WORD ? token.value().toUpperCase(Locale.ROOT) : "";
    }

    private int tokenAt(JsonNode node) {
      int bytes = node.path("query_location").asInt(NOWHERE);
      if (bytes < 0 || bytes > sql.length() * 4) {
        return NOWHERE;
      }
      int position = ascii ? bytes : ErrorText.characterOf(sql, bytes);
      for (int i = 0; i < tokens.size(); i++) {
        if (tokens.get(i).start() == position) {
          return i;
        }
      }
      return NOWHERE;
    }
  }
}
