package io.mangonel.workbench.contest;

import io.mangonel.cli.client.SchedulerConnection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.flight.FlightInfo;
import org.jspecify.annotations.Nullable;

/** A cluster as a client sees it, through Flight SQL. */
public final class ClusterClient implements Contestant {
  private final Cluster cluster;
  private final SchedulerConnection connection;
  private volatile @Nullable FlightInfo running;

  /** Takes over the connection. */
  ClusterClient(Cluster cluster, SchedulerConnection connection) {
    this.cluster = cluster;
    this.connection = connection;
  }

  @Override
  public String name() {
    return cluster.name();
  }

  /** Stages of the newest job. */
  public int stagesOfNewestJob() {
    return cluster.stagesOfNewestJob();
  }

  @Override
  public Answer answer(String sql) throws IOException {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    FlightInfo info = connection.execute(sql);
    running = info;
    try {
      connection.read(info, batch -> Answer.append(batch, rows));
    } finally {
      running = null;
    }
    return new Answer(rows);
  }

  @Override
  public void cancel() {
    FlightInfo info = running;
    if (info != null) {
      connection.cancel(info);
    }
  }

  @Override
  public long cpuMs() {
    return cluster.cpuMs();
  }

  @Override
  public void close() {
    connection.close();
  }
}
