package io.mangonel.web;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Checks real answers against a description: the part of JSON Schema that ours uses, strictly.
 * Remembers what was seen, so that nothing is described that never comes.
 */
public final class OpenApi {
  private static final String REFERENCE = "$ref";
  private final JsonNode document;
  private final Set<String> seen = new TreeSet<>();

  public OpenApi(JsonNode document) {
    this.document = document;
  }

  /** What is wrong with an answer; empty when it is as described. */
  public List<String> violations(String path, String method, int status, JsonNode body) {
    JsonNode schema =
        document
            .path("paths")
            .path(path)
            .path(method)
            .path("responses")
            .path(String.valueOf(status))
            .path("content")
            .path("application/json")
            .path("schema");
    if (schema.isMissingNode()) {
      return List.of(method + " " + path + " " + status + " is not described");
    }
    seen.add(path + " " + method);
    List<String> found = new ArrayList<>();
    check(schema, body, "", found);
    return found;
  }

  private void check(JsonNode given, JsonNode value, String at, List<String> found) {
    JsonNode schema = given;
    String name = at;
    if (given.has(REFERENCE)) {
      String reference = given.path(REFERENCE).asText();
      schema = document.at(reference.substring(1));
      name = reference;
      if (schema.isMissingNode()) {
        found.add("no schema " + reference);
        return;
      }
    }
    if (!hasType(schema.path("type"), value)) {
      found.add(at + " is " + value + ", not " + schema.path("type"));
      return;
    }
    if (schema.has("enum") && !contains(schema.path("enum"), value)) {
      found.add(at + " is " + value + ", none of " + schema.path("enum"));
    }
    if (value.isArray()) {
      for (JsonNode element : value) {
        check(schema.path("items"), element, name + "[]", found);
      }
    } else if (value.isObject()) {
      checkFields(schema, value, name, found);
    }
  }

  private void checkFields(JsonNode schema, JsonNode value, String at, List<String> found) {
    JsonNode properties = schema.path("properties");
    for (var field : value.properties()) {
      String name = at + "/" + field.getKey();
      if (!properties.has(field.getKey())) {
        found.add(name + " is not described");
        continue;
      }
      if (!field.getValue().isNull()) {
        seen.add(name);
      }
      check(properties.path(field.getKey()), field.getValue(), name, found);
    }
    for (JsonNode required : schema.path("required")) {
      if (!value.has(required.asText())) {
        found.add(at + "/" + required.asText() + " is missing");
      }
    }
  }

  private static boolean hasType(JsonNode types, JsonNode value) {
    if (types.isTextual()) {
      return isOf(types.asText(), value);
    }
    for (JsonNode type : types) {
      if (isOf(type.asText(), value)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isOf(String type, JsonNode value) {
    return switch (type) {
      case "object" -> value.isObject();
      case "array" -> value.isArray();
      case "string" -> value.isTextual();
      case "integer" -> value.isIntegralNumber();
      case "boolean" -> value.isBoolean();
      case "null" -> value.isNull();
      default -> throw new IllegalArgumentException("type " + type);
    };
  }

  private static boolean contains(JsonNode values, JsonNode value) {
    for (JsonNode one : values) {
      if (one.equals(value)) {
        return true;
      }
    }
    return false;
  }

  /** Paths of /api and fields of answers that were described and never seen with a value. */
  public Set<String> unseen() {
    Set<String> missing = new TreeSet<>();
    for (var path : document.path("paths").properties()) {
      for (var method : path.getValue().properties()) {
        String name = path.getKey() + " " + method.getKey();
        if (path.getKey().startsWith("/api/") && !seen.contains(name)) {
          missing.add(name);
        }
      }
    }
    for (var schema : document.path("components").path("schemas").properties()) {
      if (schema.getKey().equals("StatementRequest")) {
        continue; // Of a request.
      }
      for (var field : schema.getValue().path("properties").properties()) {
        String name = "#/components/schemas/" + schema.getKey() + "/" + field.getKey();
        if (!seen.contains(name)) {
          missing.add(name);
        }
      }
    }
    return missing;
  }
}
