package io.mangonel.planner.bind;

import io.mangonel.planner.ir.DataType;
import io.mangonel.planner.ir.DataType.Field;
import io.mangonel.planner.text.Token;
import io.mangonel.planner.text.Token.Kind;
import io.mangonel.planner.text.Tokens;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Reads a type as DuckDB writes it. What it does not know it keeps as it is. */
public final class TypeText {
  private final String text;
  private final List<Token> tokens;
  private int at;

  private TypeText(String text) {
    this.text = text;
    this.tokens = Tokens.of(text);
  }

  public static DataType parse(String text) {
    var reader = new TypeText(text);
    try {
      DataType type = reader.type();
      return reader.at == reader.tokens.size() ? type : new DataType.Simple(text);
    } catch (IndexOutOfBoundsException | NumberFormatException e) {
      return new DataType.Simple(text);
    }
  }

  private DataType type() {
    DataType type = element();
    while (at < tokens.size() && tokens.get(at).isSymbol('[')) {
      at++;
      if (tokens.get(at).isSymbol(']')) {
        type = new DataType.ListOf(type);
      } else {
        type = new DataType.ArrayOf(type, Long.parseLong(tokens.get(at++).value()));
      }
      at++;
    }
    return type;
  }

  private DataType element() {
    Token first = tokens.get(at++);
    if (first.kind() == Kind.QUOTED_IDENTIFIER) {
      return new DataType.Simple(first.value());
    }
    boolean parameters = at < tokens.size() && tokens.get(at).isSymbol('(');
    if (!parameters) {
      while (at < tokens.size() && tokens.get(at).kind() == Kind.WORD) {
        at++;
      }
      return new DataType.Simple(text.substring(first.start(), tokens.get(at - 1).end()));
    }
    at++;
    return switch (first.value().toUpperCase(Locale.ROOT)) {
      case "DECIMAL" -> {
        int width = Integer.parseInt(tokens.get(at++).value());
        at++;
        int scale = Integer.parseInt(tokens.get(at++).value());
        at++;
        yield new DataType.Decimal(width, scale);
      }
      case "STRUCT" -> new DataType.Struct(fields());
      case "UNION" -> new DataType.Union(fields());
      case "MAP" -> {
        DataType key = type();
        at++;
        DataType value = type();
        at++;
        yield new DataType.MapOf(key, value);
      }
      case "ENUM" -> {
        var values = new ArrayList<String>();
        while (!tokens.get(at - 1).isSymbol(')')) {
          values.add(tokens.get(at).value());
          at += 2;
        }
        yield new DataType.EnumOf(values);
      }
      default -> raw(first);
    };
  }

  private DataType raw(Token first) {
    int depth = 1;
    while (depth > 0) {
      Token token = tokens.get(at++);
      depth += token.isSymbol('(') ? 1 : token.isSymbol(')') ? -1 : 0;
    }
    return new DataType.Simple(text.substring(first.start(), tokens.get(at - 1).end()));
  }

  private List<Field> fields() {
    var fields = new ArrayList<Field>();
    while (!tokens.get(at - 1).isSymbol(')')) {
      String name = tokens.get(at++).value();
      fields.add(new Field(name, type()));
      at++;
    }
    return fields;
  }
}
