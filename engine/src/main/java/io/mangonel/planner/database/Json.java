package io.mangonel.planner.database;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mangonel.planner.text.ErrorText;
import io.mangonel.planner.text.TextEdits.Range;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The JSON that DuckDB's parser and planner answer with. */
public final class Json {
  private static final ObjectMapper MAPPER =
      new ObjectMapper(
          JsonFactory.builder()
              .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
              .streamReadConstraints(
                  StreamReadConstraints.builder()
                      .maxNestingDepth(Limits.JSON_DEPTH_MAX)
                      .maxStringLength(Limits.JSON_CHARACTERS_MAX)
                      .build())
              .build());

  /** Kinds of error that say nothing about the statement, only about turning it into JSON. */
  private static final Set<String> NOT_SERIALIZABLE =
      Set.of("not implemented", "internal", "serialization");

  private static final Pattern LOCATION = Pattern.compile("\\[(\\d+), ?(\\d+)]");

  private Json() {}

  /**
   * @throws RejectedException when it is too big to be read
   */
  public static JsonNode parse(String json) throws RejectedException {
    if (json.length() > Limits.JSON_CHARACTERS_MAX) {
      throw new RejectedException("the statement is too big to be planned");
    }
    try {
      return MAPPER.readTree(json);
    } catch (StreamConstraintsException e) {
      throw new RejectedException("the statement is too big or nests too deeply to be planned");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("DuckDB answered with JSON that is none", e);
    }
  }

  /** Whether an answer of {@code json_serialize_plan} is an error, from its first characters. */
  public static boolean isError(String json) {
    return json.startsWith("{\"error\":true");
  }

  /** Whether the statement was bound, and only its plan could not be written as JSON. */
  public static boolean isOnlyNotSerializable(JsonNode error) {
    return NOT_SERIALIZABLE.contains(error.path("error_type").asText())
        || error.path("error_message").asText().contains("not support serialization");
  }

  /** As DuckDB's own shell shows it: the kind of error, then the message. */
  public static String errorMessage(JsonNode error) {
    var kind = new StringBuilder();
    for (String word : error.path("error_type").asText().split(" ", -1)) {
      String upper = word.toUpperCase(Locale.ROOT);
      boolean abbreviation = upper.equals("IO") || upper.equals("HTTP");
      kind.append(abbreviation || word.isEmpty() ? upper : upper.charAt(0) + word.substring(1));
      kind.append(' ');
    }
    return kind + "Error: " + error.path("error_message").asText();
  }

  /** Where in {@code sql} the error is, in characters; null when it does not say. */
  public static @Nullable Range location(JsonNode error, String sql) {
    Matcher matcher = LOCATION.matcher(error.path("location").asText());
    if (!matcher.matches()) {
      return null;
    }
    int start = Integer.parseInt(matcher.group(1));
    int length = Integer.parseInt(matcher.group(2));
    return new Range(ErrorText.characterOf(sql, start), ErrorText.characterOf(sql, start + length));
  }
}
