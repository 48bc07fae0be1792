package io.mangonel.planner.read;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object of which every field is accounted for. A reader takes the fields it understands,
 * names those that do not change the meaning, and calls {@link #end}: a field that nobody expected
 * makes the plan unsupported, so that a newer DuckDB cannot change an answer silently.
 */
final class JsonObject {
  /** What DuckDB writes for an index that is not set. */
  static final String UNSET_INDEX = "18446744073709551615";

  private final String what;
  private final JsonNode node;
  private final Set<String> taken = new HashSet<>();

  /**
   * @param what names the object in a reason
   */
  JsonObject(String what, @Nullable JsonNode node) {
    if (node == null || !node.isObject()) {
      throw new UnsupportedPlan(what + ": not an object");
    }
    this.what = what;
    this.node = node;
  }

  boolean has(String field) {
    return node.hasNonNull(field);
  }

  /** The field's value; absent or null is unsupported. */
  JsonNode get(String field) {
    JsonNode value = optional(field);
    if (value == null) {
      throw new UnsupportedPlan(what + ": no " + field);
    }
    return value;
  }

  @Nullable JsonNode optional(String field) {
    taken.add(field);
    return node.hasNonNull(field) ? node.get(field) : null;
  }

  String text(String field) {
    JsonNode value = get(field);
    if (!value.isTextual()) {
      throw new UnsupportedPlan(what + ": " + field + " is not text");
    }
    return value.textValue();
  }

  /** A name, which is printed between quotes, where a line break has no escape. */
  static String name(String name) {
    if (name.indexOf('\n') >= 0 || name.indexOf('\r') >= 0) {
      throw new UnsupportedPlan("a name with a line break");
    }
    return name;
  }

  boolean bool(String field) {
    JsonNode value = get(field);
    if (!value.isBoolean()) {
      throw new UnsupportedPlan(what + ": " + field + " is not a boolean");
    }
    return value.booleanValue();
  }

  long number(String field) {
    JsonNode value = get(field);
    if (!value.canConvertToLong() || !value.isIntegralNumber()) {
      throw new UnsupportedPlan(what + ": " + field + " is not a number");
    }
    return value.longValue();
  }

  /** The elements of an array. An absent field is an empty one, as DuckDB leaves defaults out. */
  List<JsonNode> elements(String field) {
    return elements(optional(field), field);
  }

  <T> List<T> map(String field, Function<JsonNode, T> reader) {
    return elements(field).stream().map(reader).toList();
  }

  List<Integer> indexes(String field) {
    return map(field, this::index);
  }

  List<List<Integer>> indexLists(String field) {
    return map(field, list -> elements(list, field).stream().map(this::index).toList());
  }

  /** Fields whose value does not change what the object means. */
  JsonObject ignore(String... fields) {
    taken.addAll(List.of(fields));
    return this;
  }

  /** Fields that must be null, false, zero, empty or not set. */
  JsonObject empty(String... fields) {
    for (String field : fields) {
      JsonNode value = optional(field);
      if (value != null && !isEmpty(value)) {
        throw new UnsupportedPlan(what + " with " + field);
      }
    }
    return this;
  }

  /** A field that must be absent or have this text. */
  JsonObject expect(String field, String text) {
    JsonNode value = optional(field);
    if (value != null && !value.asText().equals(text)) {
      throw new UnsupportedPlan(what + " with " + field + " " + value.asText());
    }
    return this;
  }

  /** Every field has been taken, ignored or found empty. */
  void end() {
    for (var field : node.properties()) {
      if (!taken.contains(field.getKey())) {
        throw new UnsupportedPlan(what + ": unknown field " + field.getKey());
      }
    }
  }

  private List<JsonNode> elements(@Nullable JsonNode value, String field) {
    if (value == null) {
      return List.of();
    }
    if (!value.isArray()) {
      throw new UnsupportedPlan(what + ": " + field + " is not a list");
    }
    List<JsonNode> elements = new ArrayList<>();
    value.forEach(elements::add);
    return elements;
  }

  private int index(JsonNode value) {
    if (!value.isInt() || value.intValue() < 0) {
      throw new UnsupportedPlan(what + ": not an index: " + value);
    }
    return value.intValue();
  }

  private static boolean isEmpty(JsonNode value) {
    return value.isNull()
        || (value.isContainerNode() && value.isEmpty())
        || (value.isTextual() && value.textValue().isEmpty())
        || (value.isBoolean() && !value.booleanValue())
        || (value.isNumber() && (value.asText().equals("0") || value.asText().equals(UNSET_INDEX)));
  }
}
