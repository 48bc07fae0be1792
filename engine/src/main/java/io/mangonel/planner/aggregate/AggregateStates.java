package io.mangonel.planner.aggregate;

import io.mangonel.planner.ir.DataType;
import io.mangonel.planner.ir.DataType.Field;
import io.mangonel.planner.ir.DataType.Struct;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The states that DuckDB 2.0 exports for aggregates over DOUBLE, as the STRUCTs that they are. Only
 * those whose parts Parquet keeps exactly; the table is compared with the pinned DuckDB by a test.
 */
final class AggregateStates {
  private static final DataType DOUBLE = new DataType.Simple("DOUBLE");
  private static final DataType UBIGINT = new DataType.Simple("UBIGINT");

  private static final Struct DEVIATION = struct(count(), real("mean"), real("dsquared"));
  private static final Struct COVARIANCE =
      struct(count(), real("meanx"), real("meany"), real("co_moment"));
  private static final Struct CORRELATION =
      struct(
          part("cov_pop", COVARIANCE), part("dev_pop_x", DEVIATION), part("dev_pop_y", DEVIATION));
  private static final Struct SLOPE =
      struct(part("cov_pop", COVARIANCE), part("var_pop", DEVIATION));
  private static final Struct KAHAN = struct(real("value"), real("err"));
  private static final Struct KURTOSIS =
      struct(part("n", UBIGINT), real("mean"), real("m2"), real("m3"), real("m4"));
  private static final Struct MEAN = struct(real("sum"), count());

  private static final Map<String, Struct> STATES =
      Map.ofEntries(
          Map.entry("stddev", DEVIATION),
          Map.entry("stddev_samp", DEVIATION),
          Map.entry("stddev_pop", DEVIATION),
          Map.entry("variance", DEVIATION),
          Map.entry("var_samp", DEVIATION),
          Map.entry("var_pop", DEVIATION),
          Map.entry("sem", DEVIATION),
          Map.entry("skewness", struct(part("n", UBIGINT), real("mean"), real("m2"), real("m3"))),
          Map.entry("kurtosis", KURTOSIS),
          Map.entry("kurtosis_pop", KURTOSIS),
          Map.entry("kahan_sum", KAHAN),
          Map.entry("fsum", KAHAN),
          Map.entry("sumkahan", KAHAN),
          Map.entry("favg", struct(count(), real("value"), real("err"))),
          Map.entry("corr", CORRELATION),
          Map.entry("covar_pop", COVARIANCE),
          Map.entry("covar_samp", COVARIANCE),
          Map.entry("regr_avgx", MEAN),
          Map.entry("regr_avgy", MEAN),
          Map.entry("regr_slope", SLOPE),
          Map.entry(
              "regr_intercept",
              struct(count(), real("sum_x"), real("sum_y"), part("slope", SLOPE))),
          Map.entry(
              "regr_r2",
              struct(
                  part("corr", CORRELATION),
                  part("var_pop_x", DEVIATION),
                  part("var_pop_y", DEVIATION))),
          Map.entry("regr_sxx", struct(count(), part("var_pop", DEVIATION))),
          Map.entry("regr_syy", struct(count(), part("var_pop", DEVIATION))),
          Map.entry("regr_sxy", struct(count(), part("cov_pop", COVARIANCE))));

  private AggregateStates() {}

  /** The names in the table. */
  static List<String> names() {
    return STATES.keySet().stream().sorted().toList();
  }

  /** The state's type; empty when states of this aggregate do not travel. */
  static Optional<Struct> of(String aggregate, List<DataType> arguments) {
    return arguments.stream().allMatch(DOUBLE::equals)
        ? Optional.ofNullable(STATES.get(aggregate))
        : Optional.empty();
  }

  private static Struct struct(Field... fields) {
    return new Struct(List.of(fields));
  }

  private static Field count() {
    return part("count", UBIGINT);
  }

  private static Field real(String name) {
    return part(name, DOUBLE);
  }

  private static Field part(String name, DataType type) {
    return new Field(name, type);
  }
}
