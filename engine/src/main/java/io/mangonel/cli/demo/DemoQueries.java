package io.mangonel.cli.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.mangonel.cli.client.AdminReports;
import io.mangonel.cli.client.SchedulerConnection;
import io.mangonel.cli.format.Format;
import io.mangonel.cli.format.RowWriter;
import io.mangonel.cli.options.ClientOptions.HostAndPort;
import io.mangonel.flightsql.AdminActions;
import io.mangonel.tpch.TpchGenerator;
import io.mangonel.tpch.TpchQueries;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.vector.types.pojo.Schema;

/** Three TPC-H queries, and what the executors did for each. */
public final class DemoQueries {
  private static final String SESSION = "demo";
  private static final String JOIN_MODE = "mangonel_join_mode";

  private record Query(int number, String title, String joinMode) {}

  private static final List<Query> QUERIES =
      List.of(
          new Query(3, "shipping priority", "hash"),
          new Query(17, "small-quantity-order revenue", "auto"),
          new Query(18, "large volume customers", "auto"));

  private final HostAndPort address;
  private final Path data;
  private final PrintStream out;

  /**
   * @param data a directory that {@link TpchGenerator} made, with views in the cluster
   */
  public DemoQueries(HostAndPort address, Path data, PrintStream out) {
    this.address = address;
    this.data = data;
    this.out = out;
  }

  /** A view for each table. */
  public static void createViews(HostAndPort address, Path data) throws IOException {
    try (SchedulerConnection connection = connect(address, data, new TreeMap<>())) {
      for (String view : TpchGenerator.createViews(data)) {
        connection.run(view);
      }
    }
  }

  private static SchedulerConnection connect(
      HostAndPort address, Path data, SortedMap<String, String> settings) {
    return SchedulerConnection.forStatements(address, SESSION, data.toString(), settings);
  }

  /** Runs them one after the other. */
  public void run() throws IOException {
    for (Query query : QUERIES) {
      run(query);
    }
  }

  private void run(Query query) throws IOException {
    SortedMap<String, String> settings = new TreeMap<>();
    settings.put(JOIN_MODE, query.joinMode());
    out.printf(
        Locale.ROOT,
        "%n-- TPC-H query %d, %s (%s = '%s')%n",
        query.number(),
        query.title(),
        JOIN_MODE,
        query.joinMode());
    long startNs = System.nanoTime();
    try (SchedulerConnection connection = connect(address, data, settings)) {
      FlightInfo info = connection.execute(TpchQueries.text(query.number()));
      print(connection, info);
    }
    out.printf(Locale.ROOT, "time %d ms%n", (System.nanoTime() - startNs) / 1_000_000);
    JsonNode newest = AdminReports.read(SchedulerConnection.listJobs(List.of(address))).path(0);
    String detail =
        SchedulerConnection.ask(
            List.of(address), AdminActions.JOBS_SHOW, newest.path("id").asText());
    out.println(AdminReports.stages(AdminReports.read(detail).path("stages")));
  }

  private void print(SchedulerConnection connection, FlightInfo info) throws IOException {
    RowWriter writer =
        Format.table.writer(
            info.getSchemaOptional().orElse(new Schema(List.of())), Format.buffered(out));
    connection.read(info, writer::write);
    writer.end();
  }
}
