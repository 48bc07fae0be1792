package io.mangonel.planner.carrier;

import io.mangonel.planner.ir.DataType;
import java.util.List;
import java.util.Optional;

/**
 * How one column travels through a Parquet file: exact value and exact type.
 *
 * @param columns what the file holds for it, one or two columns
 * @param read an expression over the file's columns that gives the column back
 */
public record ColumnCarrier(List<FileColumn> columns, String read) {
  /** Of the second file column: what did not fit the first. */
  private static final String WIDE_SUFFIX = "_wide";

  public ColumnCarrier {
    columns = List.copyOf(columns);
  }

  /**
   * @param type in the file, as SQL
   * @param write an expression over the original column that gives the file's
   */
  public record FileColumn(String name, String type, String write) {}

  /**
   * The carrier of a column.
   *
   * @param name a plain identifier: the column's name, and the start of its file columns' names
   * @return empty for a type that no carrier is known for
   */
  public static Optional<ColumnCarrier> of(String name, DataType type) {
    if (type instanceof DataType.Simple(var simple) && simple.equals("HUGEINT")) {
      return Optional.of(hugeint(name));
    }
    return CarrierType.of(type)
        .map(
            carrier ->
                new ColumnCarrier(
                    List.of(new FileColumn(name, carrier.sql(), carrier.write(name))),
                    carrier.read(name)));
  }

  /** Nearly every value fits a BIGINT, which costs a third of a DECIMAL(38,0) to read. */
  private static ColumnCarrier hugeint(String name) {
    String wide = name + WIDE_SUFFIX;
    String narrow = "TRY_CAST(" + name + " AS BIGINT)";
    return new ColumnCarrier(
        List.of(
            new FileColumn(name, "BIGINT", narrow),
            new FileColumn(
                wide,
                "VARCHAR",
                "CASE WHEN " + narrow + " IS NULL THEN CAST(" + name + " AS VARCHAR) END")),
        "COALESCE(CAST(" + name + " AS HUGEINT), CAST(" + wide + " AS HUGEINT))");
  }
}
