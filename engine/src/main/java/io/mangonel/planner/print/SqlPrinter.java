package io.mangonel.planner.print;

import io.mangonel.planner.ir.Columns;
import io.mangonel.planner.ir.DataType;
import io.mangonel.planner.ir.Expression;
import io.mangonel.planner.ir.Expression.SortKey;
import io.mangonel.planner.ir.Relation;
import io.mangonel.planner.ir.Sql;
import io.mangonel.planner.print.Block.Kind;
import io.mangonel.planner.print.Block.Order;
import io.mangonel.planner.print.Block.Output;
import io.mangonel.planner.print.Block.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A relation as one SELECT, whose columns are {@code c0, c1, ...} in order. Operators share a
 * SELECT where that means the same, because people read it in EXPLAIN.
 */
public final class SqlPrinter {
  /** Names with an underscore are no keywords; any other name is quoted. */
  private static final Pattern PLAIN_COLUMN = Pattern.compile("[a-z][a-z0-9]*(_[a-z0-9]+)+");

  private final List<String> commons = new ArrayList<>();
  private final JoinPrinter joins = new JoinPrinter(this);
  private int aliases;

  private SqlPrinter() {}

  /** The relation's SQL, without a semicolon. */
  public static String print(Relation relation) {
    SqlPrinter printer = new SqlPrinter();
    String query = printer.block(relation).render();
    return printer.commons.isEmpty()
        ? query
        : "WITH " + String.join(",\n", printer.commons) + "\n" + query;
  }

  String nextAlias() {
    return "t" + aliases++;
  }

  Block nest(Block block) {
    return Block.subquery(block.render(), nextAlias(), block.outputs.size());
  }

  Block block(Relation relation) {
    return switch (relation) {
      case Relation.Scan scan -> scan(scan);
      case Relation.Input input ->
          Block.table(
              Sql.identifier(input.name()), nextAlias(), Block.columnNames(input.types().size()));
      case Relation.Values values -> values(values);
      case Relation.Filter(var input, var conditions) -> filter(block(input), conditions);
      case Relation.Project(var input, var expressions) -> {
        Block below =
            input instanceof Relation.Join join
                ? joins.print(join, Columns.read(expressions)::contains)
                : block(input);
        yield project(below, expressions);
      }
      case Relation.Aggregate aggregate ->
          AggregatePrinter.print(this, aggregate, block(aggregate.input()));
      case Relation.Join join -> joins.print(join, column -> true);
      case Relation.Sort(var input, var keys) -> sort(block(input), keys);
      case Relation.TopN(var input, var keys, var limit, var offset) ->
          limit(sort(block(input), keys), String.valueOf(limit), String.valueOf(offset));
      case Relation.Limit(var input, var limit, var offset) -> limit(block(input), limit, offset);
      case Relation.Distinct distinct -> distinct(distinct);
      case Relation.Window(var input, var calls) -> extend(block(input), calls, Phase.WINDOWED);
      case Relation.Unnest(var input, var calls) -> extend(block(input), calls, Phase.CLOSED);
      case Relation.SetOperation operation -> setOperation(operation);
      case Relation.Sample(var input, var clause) -> {
        Block block = nest(block(input));
        block.sample = clause;
        block.phase = Phase.CLOSED;
        yield block;
      }
      case Relation.Common(var id, var definition, var input) -> {
        String query = block(definition).render();
        commons.add(commonName(id) + " AS MATERIALIZED " + Layout.subquery(query));
        yield block(input);
      }
      case Relation.CommonReference(var id, var types) ->
          Block.table(commonName(id), nextAlias(), Block.columnNames(types.size()));
    };
  }

  private static String commonName(int id) {
    return "cte" + id;
  }

  private Block scan(Relation.Scan scan) {
    String alias = nextAlias();
    List<Output> outputs = new ArrayList<>();
    for (String column : scan.columns()) {
      outputs.add(
          column == null
              ? new Output("NULL", Kind.CONSTANT)
              : new Output(alias + "." + columnName(column), Kind.COLUMN));
    }
    Block block = new Block(Sql.identifier(scan.table()) + " AS " + alias, outputs);
    block.soleSource = true;
    ExpressionPrinter printer = Inline.printer(block);
    scan.filters().forEach(condition -> block.where.add(conjunct(printer, condition)));
    return block;
  }

  private static String columnName(String name) {
    return PLAIN_COLUMN.matcher(name).matches() ? name : Sql.identifier(name);
  }

  private Block values(Relation.Values values) {
    List<DataType> types = values.types();
    if (values.rows().isEmpty()) {
      Block block =
          new Block(
              "",
              types.stream()
                  .map(type -> new Output(ExpressionPrinter.nullOf(type), Kind.CONSTANT))
                  .toList());
      block.where.add("false");
      return block;
    }
    ExpressionPrinter printer = Inline.printer(new Block("", List.of()));
    if (values.rows().size() == 1) {
      List<Expression> row = values.rows().getFirst();
      return new Block("", row.stream().map(cell -> Inline.output(cell, printer)).toList());
    }
    List<String> rows = new ArrayList<>();
    for (List<Expression> row : values.rows()) {
      List<String> cells =
          row.isEmpty() ? List.of("NULL") : row.stream().map(printer::print).toList();
      rows.add("(" + String.join(", ", cells) + ")");
    }
    String names = String.join(", ", Block.columnNames(Math.max(1, types.size())));
    String alias = nextAlias();
    String table = "(VALUES " + Layout.list(rows) + ")";
    Block block = Block.table(table, alias, Block.columnNames(types.size()));
    block.from = table + " AS " + alias + "(" + names + ")";
    return block;
  }

  private Block filter(Block input, List<Expression> conditions) {
    boolean rows = input.phase == Phase.ROWS;
    boolean fits =
        rows
            ? Inline.fits(input, conditions, Kind.SUBQUERY)
            : input.phase == Phase.GROUPED && Inline.fits(input, conditions, Kind.COMPUTED);
    Block block = fits ? input : nest(input);
    ExpressionPrinter printer = Inline.printer(block);
    List<String> clause = block.phase == Phase.GROUPED ? block.having : block.where;
    for (Expression condition : conditions) {
      String sql = conjunct(printer, condition);
      if (!clause.contains(sql) || !Inline.isStable(condition)) {
        clause.add(sql);
      }
    }
    return block;
  }

  /** An operand of AND, on a line of its own. */
  private static String conjunct(ExpressionPrinter printer, Expression condition) {
    return switch (condition) {
      case Expression.Conjunction conjunction when !conjunction.and() ->
          printer.operand(conjunction);
      default -> Layout.open(printer.print(condition));
    };
  }

  private Block project(Block input, List<Expression> expressions) {
    boolean open = input.phase != Phase.DISTINCT && input.phase != Phase.CLOSED;
    Block block =
        open && Inline.fits(input, expressions, Kind.VOLATILE) && keepsOrder(input, expressions)
            ? input
            : nest(input);
    ExpressionPrinter printer = Inline.printer(block);
    List<Output> outputs = new ArrayList<>();
    for (Expression expression : expressions) {
      outputs.add(Inline.output(expression, block, printer));
    }
    block.outputs = List.copyOf(outputs);
    return block;
  }

  /** Whether the keys of ORDER BY can be said when only these columns are left. */
  private static boolean keepsOrder(Block input, List<Expression> expressions) {
    List<Output> kept =
        expressions.stream()
            .filter(Expression.Column.class::isInstance)
            .map(column -> input.outputs.get(((Expression.Column) column).index()))
            .toList();
    return input.orderBy.stream()
        .map(Order::key)
        .allMatch(
            key ->
                switch (key.kind()) {
                  case COLUMN, CONSTANT -> true;
                  case COMPUTED, SUBQUERY, VOLATILE -> kept.contains(key);
                });
  }

  private Block sort(Block input, List<SortKey> keys) {
    List<Expression> expressions = keys.stream().map(SortKey::expression).toList();
    boolean onlyColumns = expressions.stream().allMatch(Expression.Column.class::isInstance);
    boolean fits =
        switch (input.phase) {
          case ROWS, GROUPED, WINDOWED ->
              onlyColumns || Inline.fits(input, expressions, Kind.COMPUTED);
          case DISTINCT -> onlyColumns;
          case ORDERED, LIMITED, CLOSED -> false;
        };
    Block block = fits ? input : nest(input);
    block.phase = Phase.ORDERED;
    addOrder(block, keys);
    return block;
  }

  /** A constant orders nothing, and a number would mean a column's position. */
  private static void addOrder(Block block, List<SortKey> keys) {
    ExpressionPrinter printer = Inline.printer(block);
    for (SortKey key : keys) {
      Output output = Inline.output(key.expression(), block, printer);
      if (output.kind() != Kind.CONSTANT) {
        block.orderBy.add(new Order(output, ExpressionPrinter.direction(key)));
      }
    }
  }

  private Block limit(Block input, @Nullable String limit, @Nullable String offset) {
    boolean noOffset = offset == null || offset.equals("0");
    if (limit == null && noOffset) {
      return input;
    }
    boolean fits = input.phase != Phase.LIMITED && input.phase != Phase.CLOSED;
    Block block = fits ? input : nest(input);
    block.phase = Phase.LIMITED;
    block.limit =
        (limit == null ? "" : "LIMIT " + limit)
            + (limit == null || noOffset ? "" : " ")
            + (noOffset ? "" : "OFFSET " + offset);
    return block;
  }

  private Block distinct(Relation.Distinct distinct) {
    Block input = block(distinct.input());
    boolean fits =
        switch (input.phase) {
          case ROWS, GROUPED, WINDOWED -> true;
          case DISTINCT, ORDERED, LIMITED, CLOSED -> false;
        };
    if (distinct.on().isEmpty()) {
      Block block = fits ? input : nest(input);
      block.distinct = "DISTINCT";
      block.phase = Phase.DISTINCT;
      return block;
    }
    List<Expression> expressions = new ArrayList<>(distinct.on());
    distinct.order().forEach(key -> expressions.add(key.expression()));
    fits = fits && input.phase == Phase.ROWS && Inline.fits(input, expressions, Kind.CONSTANT);
    Block block = fits ? input : nest(input);
    ExpressionPrinter printer = Inline.printer(block);
    List<String> on = distinct.on().stream().map(printer::print).toList();
    block.distinct = "DISTINCT ON (" + String.join(", ", on) + ")";
    addOrder(block, distinct.order());
    block.phase = Phase.CLOSED;
    return block;
  }

  /** Columns added to the rows of the input. */
  private Block extend(Block input, List<? extends Expression> calls, Phase phase) {
    boolean fits =
        input.phase == Phase.ROWS && input.isStable() && Inline.fits(input, calls, Kind.COMPUTED);
    Block block = fits ? input : nest(input);
    ExpressionPrinter printer = Inline.printer(block);
    List<Output> outputs = new ArrayList<>(block.outputs);
    calls.forEach(call -> outputs.add(new Output(printer.operand(call), Kind.COMPUTED)));
    block.outputs = List.copyOf(outputs);
    block.phase = phase;
    return block;
  }

  private Block setOperation(Relation.SetOperation operation) {
    List<String> queries = new ArrayList<>();
    for (Relation input : operation.inputs()) {
      Block block = block(input);
      String query = block.render();
      queries.add(block.isSimpleSelect() ? query : Layout.subquery(query));
    }
    String keyword = operation.kind() + (operation.all() ? " ALL" : "");
    String sql = String.join("\n" + keyword + "\n", queries);
    return Block.subquery(sql, nextAlias(), operation.types().size());
  }
}
