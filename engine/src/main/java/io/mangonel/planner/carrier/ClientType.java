package io.mangonel.planner.carrier;

import io.mangonel.planner.ir.DataType;
import java.util.List;
import java.util.Set;

/**
 * The type by which a result column reaches a client: the column's own, where Arrow can carry it.
 */
public final class ClientType {
  /**
   * Arrow has no such type, or DuckDB's export changes the value: UHUGEINT does not fit Arrow's
   * 128-bit decimal, TIME WITH TIME ZONE loses its offset, BIT and BIGNUM become DuckDB's internal
   * bytes. A HUGEINT is an exact DECIMAL(38,0) there and stays.
   */
  private static final Set<String> AS_TEXT =
      Set.of("UHUGEINT", "BIGNUM", "BIT", "TIME WITH TIME ZONE");

  private ClientType() {}

  /** The type that {@code type} is cast to for clients; {@code type} itself when none is needed. */
  public static DataType of(DataType type) {
    return switch (type) {
      case DataType.Simple simple ->
          AS_TEXT.contains(simple.name())
              ? text()
              : simple.name().equals("NULL") ? new DataType.Simple("INTEGER") : simple;
      case DataType.Decimal decimal -> decimal;
      // Dictionaries and unions are the two corners of Arrow that clients lack.
      case DataType.EnumOf _, DataType.Union _ -> text();
      case DataType.ListOf list -> new DataType.ListOf(of(list.element()));
      case DataType.ArrayOf array -> new DataType.ArrayOf(of(array.element()), array.size());
      case DataType.MapOf map -> new DataType.MapOf(of(map.key()), of(map.value()));
      case DataType.Struct struct -> new DataType.Struct(fields(struct.fields()));
    };
  }

  private static List<DataType.Field> fields(List<DataType.Field> fields) {
    return fields.stream()
        .map(field -> new DataType.Field(field.name(), of(field.type())))
        .toList();
  }

  private static DataType text() {
    return new DataType.Simple("VARCHAR");
  }
}
