package io.mangonel.workbench.verify;

import io.mangonel.cli.options.CommandFailure;
import io.mangonel.cli.options.DirectoryOptions;
import io.mangonel.planner.distribute.JoinMode;
import io.mangonel.workbench.contest.Cluster;
import io.mangonel.workbench.contest.ClusterClient;
import io.mangonel.workbench.contest.PlainDuckDb;
import io.mangonel.workbench.contest.Resources;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mangonel verify-sql}. */
@Command(
    name = "verify-sql",
    mixinStandardHelpOptions = true,
    header = "Run a suite of statements on a cluster and on plain DuckDB, and compare the answers.",
    description = {
      "",
      "A line for each statement that is not answered as plain DuckDB does in several stages, then a"
          + " table: right, whole (right, as one task), error (only the cluster fails) and wrong."
          + " Exit code 1 if any is wrong or an error.",
      ""
    })
public final class VerifyCommand implements Callable<Integer> {
  private static final long MEMORY_MB = 2_000;
  private static final int EXECUTORS = 2;

  @Mixin private DirectoryOptions directory = new DirectoryOptions();

  @Parameters(paramLabel = "SUITE", description = "${COMPLETION-CANDIDATES}")
  private SuiteName suite = SuiteName.DIALECT;

  @Option(
      names = "--join-mode",
      paramLabel = "MODE",
      defaultValue = "hash",
      description =
          "${COMPLETION-CANDIDATES}. In mode auto small tables run as one stage. Default:"
              + " ${DEFAULT-VALUE}.")
  private JoinMode joinMode = JoinMode.HASH;

  /** Which statements. */
  enum SuiteName {
    DIALECT,
    TPCH
  }

  /** Made by picocli. */
  VerifyCommand() {}

  @Override
  public Integer call() {
    PrintStream out = System.out;
    Tally tally;
    try (Resources resources = Resources.in(directory.root().resolve("verify"))) {
      Suite loaded =
          switch (suite) {
            case DIALECT -> DialectSuite.make(resources.directory());
            case TPCH -> TpchSuite.make(resources.directory());
          };
      PlainDuckDb plain =
          resources.add(PlainDuckDb.open(1, MEMORY_MB, resources.directory().resolve("spill")));
      var setup =
          new Cluster.Setup(
              "cluster", resources.directory(), loaded.data(), EXECUTORS, 1, MEMORY_MB);
      Cluster cluster = Cluster.start(setup, resources);
      Map<String, String> settings =
          Map.of("mangonel_join_mode", joinMode.name().toLowerCase(Locale.ROOT));
      ClusterClient client = resources.add(cluster.connect("verify", settings));
      tally = verify(loaded, new Comparison(client, plain), out);
    }
    out.print(tally.table());
    if (tally.isBad()) {
      throw CommandFailure.failed("not every statement was answered as by plain DuckDB");
    }
    return 0;
  }

  private static Tally verify(Suite suite, Comparison comparison, PrintStream out) {
    suite.views().forEach(comparison::prepare);
    Tally tally = new Tally();
    List<String> statements = suite.statements();
    for (String sql : statements) {
      Verdict verdict = comparison.verdict(sql);
      tally.add(verdict);
      verdict.line().ifPresent(line -> out.println(line + "\n    " + oneLine(sql)));
    }
    return tally;
  }

  private static String oneLine(String sql) {
    return sql.replaceAll("\\s*\\R\\s*", " ");
  }
}
