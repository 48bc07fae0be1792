package io.mangonel.workbench.verify;

import io.mangonel.cli.options.CommandFailure;
import io.mangonel.planner.bind.TypeText;
import io.mangonel.planner.carrier.ClientType;
import io.mangonel.planner.ir.DataType;
import io.mangonel.workbench.contest.Answer;
import io.mangonel.workbench.contest.ClusterClient;
import io.mangonel.workbench.contest.PlainDuckDb;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One statement at a time on both. */
final class Comparison {
  /** The first line of EXPLAIN. */
  private static final Pattern HEAD =
      Pattern.compile("([0-9]+) stages?, [0-9]+ tasks?(?:, runs whole on one executor: (.*))?");

  private final ClusterClient cluster;
  private final PlainDuckDb plain;

  Comparison(ClusterClient cluster, PlainDuckDb plain) {
    this.cluster = cluster;
    this.plain = plain;
  }

  /** Runs a statement that both need before. */
  void prepare(String sql) {
    plain.execute(sql);
    try {
      cluster.answer(sql);
    } catch (IOException e) {
      throw CommandFailure.failed(sql + ": " + e.getMessage());
    }
  }

  Verdict verdict(String sql) {
    Answer expected;
    try {
      expected = plain.answer(asClientsSee(sql));
    } catch (IOException | SQLException e) {
      return refused(sql, String.valueOf(e.getMessage()));
    }
    try {
      Answer actual = cluster.answer(sql);
      Optional<String> difference = difference(sql, actual, expected);
      return difference.<Verdict>map(Verdict.Wrong::new).orElseGet(() -> right(sql));
    } catch (IOException | CommandFailure e) {
      return new Verdict.Refused(firstLine(String.valueOf(e.getMessage())));
    }
  }

  private static Optional<String> difference(String sql, Answer actual, Answer expected) {
    Optional<String> difference = actual.differenceTo(expected);
    boolean ordered = Suite.isOrdered(sql);
    return difference.isEmpty() && ordered ? actual.differenceInOrder(expected) : difference;
  }

  /** What plain DuckDB refuses the cluster has to refuse, too. */
  private Verdict refused(String sql, String message) {
    try {
      cluster.answer(sql);
      return new Verdict.Wrong("rows instead of: " + firstLine(message));
    } catch (IOException | CommandFailure e) {
      return right(sql);
    }
  }

  private Verdict right(String sql) {
    try {
      Object head = cluster.answer("EXPLAIN " + sql).rows().getFirst().getFirst();
      Matcher matcher = HEAD.matcher(String.valueOf(head));
      if (matcher.matches()) {
        String reason = matcher.group(2);
        return reason == null
            ? new Verdict.Right(Integer.parseInt(matcher.group(1)))
            : new Verdict.Whole(reason);
      }
      return new Verdict.Whole("no plan: " + head);
    } catch (IOException | CommandFailure e) {
      return new Verdict.Right(0);
    }
  }

  /** The statement with the casts that the cluster puts on top for clients. */
  private String asClientsSee(String sql) throws IOException, SQLException {
    List<String> names = new ArrayList<>();
    List<String> casts = new ArrayList<>();
    boolean changed = false;
    for (List<@Nullable Object> column : plain.answer("DESCRIBE " + sql).rows()) {
      DataType type = TypeText.parse(String.valueOf(column.get(1)));
      DataType client = ClientType.of(type);
      String name = "c" + names.size();
      changed |= !client.equals(type);
      names.add(name);
      casts.add(client.equals(type) ? name : "CAST(" + name + " AS " + client.sql() + ")");
    }
    return changed
        ? "SELECT "
            + String.join(", ", casts)
            + " FROM (\n"
            + sql
            + "\n) AS answer("
            + String.join(", ", names)
            + ")"
        : sql;
  }

  private static String firstLine(String message) {
    return message.lines().findFirst().orElse("");
  }
}
