package io.mangonel.workbench.chaos.load;

import io.mangonel.cli.options.CommandFailure;
import io.mangonel.tpch.TpchGenerator;
import io.mangonel.tpch.TpchQueries;
import io.mangonel.workbench.contest.PlainDuckDb;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** What is asked; the right answers are plain DuckDB's, made before anything breaks. */
final class Questions {
  private static final List<String> JOIN_MODES = List.of("hash", "hash", "auto", "broadcast");
  private static final String JOIN_MODE = "mangonel_join_mode";
  private static final int TPCH_ONE_OF = 2;
  private static final long MEMORY_MB = 1_000;

  /** Their rows differ each time, what they say about them does not. */
  private static final List<String> UNCERTAIN =
      List.of(
          """
          WITH r AS MATERIALIZED (
            SELECT l_orderkey AS k, l_linenumber AS n, random() AS x FROM lineitem)
          SELECT count(*) AS pairs FROM r a JOIN r b ON a.k = b.k AND a.n = b.n AND a.x = b.x""",
          """
          SELECT count(*) AS n, count(DISTINCT u) AS d
          FROM (SELECT uuid() AS u, l_orderkey FROM lineitem)""",
          """
          SELECT count(*) AS n FROM (
            SELECT l_orderkey FROM lineitem ORDER BY random() LIMIT 1000) JOIN orders
          ON l_orderkey = o_orderkey""",
          """
          SELECT sum(len(k)) AS n FROM (
            SELECT l_suppkey, list(l_orderkey) AS k FROM lineitem GROUP BY l_suppkey)""");

  /** Some seconds of several tasks: what is running when something breaks. */
  private static final String LONG =
      """
      SELECT a.l_returnflag, count(*) AS pairs, sum(a.l_quantity * b.l_discount) AS weight
      FROM lineitem a JOIN lineitem b ON a.l_suppkey = b.l_suppkey AND a.l_orderkey < b.l_orderkey
      GROUP BY a.l_returnflag""";

  /** Too large for its job's record: it stays on executors. */
  private static final String LARGE =
      "SELECT l_orderkey, l_linenumber, l_comment FROM lineitem WHERE l_linenumber <= 3";

  private final List<Question> tpch = new ArrayList<>();
  private final List<Question> others = new ArrayList<>();

  private Questions() {}

  /** Asks plain DuckDB. */
  static Questions prepare(Path data, Path spill) {
    Questions questions = new Questions();
    try (PlainDuckDb plain = PlainDuckDb.open(1, MEMORY_MB, spill)) {
      TpchGenerator.createViews(data).forEach(plain::execute);
      for (int query = 1; query <= TpchQueries.COUNT; query++) {
        String sql = TpchQueries.text(query);
        questions.tpch.add(new Question("TPC-H", sql, Map.of(), plain.answer(sql)));
      }
      for (String sql : UNCERTAIN) {
        questions.others.add(new Question("uncertain", sql, Map.of(), plain.answer(sql)));
      }
      questions.others.add(new Question("long", LONG, Map.of(), plain.answer(LONG)));
      questions.others.add(new Question("large", LARGE, Map.of(), plain.answer(LARGE)));
      return questions;
    } catch (IOException | SQLException e) {
      throw CommandFailure.failed("plain DuckDB: " + e.getMessage());
    }
  }

  /** Any. */
  Question next(Random random) {
    List<Question> from = random.nextInt(TPCH_ONE_OF) == 0 ? tpch : others;
    Question chosen = from.get(random.nextInt(from.size()));
    String mode = JOIN_MODES.get(random.nextInt(JOIN_MODES.size()));
    return new Question(chosen.kind(), chosen.sql(), Map.of(JOIN_MODE, mode), chosen.expected());
  }

  /** One with several tasks that runs for a while. */
  Question longOne() {
    Question one =
        others.stream().filter(each -> each.kind().equals("long")).findFirst().orElseThrow();
    return new Question(one.kind(), one.sql(), Map.of(JOIN_MODE, "hash"), one.expected());
  }

  /** One whose values every driver has as whole numbers. */
  Question counting(Random random) {
    return others.get(random.nextInt(UNCERTAIN.size() - 1));
  }
}
