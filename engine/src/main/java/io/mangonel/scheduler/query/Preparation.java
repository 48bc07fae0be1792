package io.mangonel.scheduler.query;

import io.mangonel.planner.bind.TypeText;
import io.mangonel.planner.carrier.ClientType;
import io.mangonel.planner.stage.QueryPlan.ResultColumn;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a client learns of a statement before it runs it.
 *
 * @param columns of its answer; none for a statement that only changes something
 * @param parameters in the order of their numbers
 */
public record Preparation(List<ResultColumn> columns, List<Parameter> parameters) {
  public Preparation {
    columns = List.copyOf(columns);
    parameters = List.copyOf(parameters);
  }

  /**
   * A place for a value.
   *
   * @param name its number when it has no name
   * @param type the type that DuckDB would like, or null when it takes any
   */
  public record Parameter(String name, @Nullable String type) {
    /** The type of the values that clients send: a text where DuckDB takes any. */
    public String clientType() {
      return clientType(type == null ? "VARCHAR" : type);
    }

    /** As {@link ClientType#of}, for a type as text. */
    public static String clientType(String type) {
      return ClientType.of(TypeText.parse(type)).sql();
    }
  }
}
