package io.mangonel.planner.read;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@code json_serialize_plan(sql, optimize := true)} gives for one statement. It never
 * guesses: a part it does not know makes the whole plan {@link ReadOutcome.Unsupported}. Safe for
 * use by several threads.
 */
public final class PlanReader {
  /**
   * Every phase recurses over the plan. An expression takes two levels of JSON: 700 nested ones end
   * a stack of 1 MiB.
   */
  private static final int NESTING_DEPTH_MAX = 1_000;

  private static final String NO_JSON = "plan has no JSON form";

  private static final int STRING_LENGTH_MAX = 64 * 1024 * 1024;

  private static final ObjectMapper JSON =
      new ObjectMapper(
          JsonFactory.builder()
              .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
              .streamReadConstraints(
                  StreamReadConstraints.builder()
                      .maxNestingDepth(NESTING_DEPTH_MAX)
                      .maxStringLength(STRING_LENGTH_MAX)
                      .build())
              .build());

  private final FunctionStability stability;

  public PlanReader(FunctionStability stability) {
    this.stability = stability;
  }

  /**
   * @param json the function's value; null when DuckDB could not write the plan as JSON
   */
  public ReadOutcome read(@Nullable String json) {
    if (json == null) {
      return new ReadOutcome.Unsupported(NO_JSON);
    }
    try {
      JsonNode document = JSON.readTree(json);
      if (!document.isObject()) {
        return new ReadOutcome.Unsupported(NO_JSON);
      }
      if (document.path("error").asBoolean()) {
        return new ReadOutcome.NoPlan(
            document.path("error_type").asText().toLowerCase(Locale.ROOT),
            document.path("error_message").asText());
      }
      JsonObject fields = new JsonObject("plan", document).empty("error");
      if (fields.elements("plans").size() != 1) {
        return new ReadOutcome.Unsupported(fields.elements("plans").size() + " statements");
      }
      return new ReadOutcome.Plan(
          new OperatorReader(stability).read(fields.elements("plans").getFirst()));
    } catch (UnsupportedPlan unsupported) {
      return new ReadOutcome.Unsupported(unsupported.reason());
    } catch (JsonProcessingException notJson) {
      return new ReadOutcome.Unsupported(NO_JSON);
    }
  }
}
