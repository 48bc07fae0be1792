package io.mangonel.workbench.trouble;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.mangonel.state.Keyspace;
import io.mangonel.state.StateBackend;
import io.mangonel.state.StateException;
import io.mangonel.state.etcd.EtcdAccess;
import io.mangonel.state.etcd.EtcdStateBackend;
import io.mangonel.tpch.TpchGenerator;
import io.mangonel.workbench.etcd.EtcdMembers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients that never pause, on schedulers with the default settings, over an etcd of 256 MiB. Only
 * with {@code -Dmangonel.quota.minutes=N -Dmangonel.tests.maxSeconds=S}, where S is more than 60 N:
 * its value is in its length. The sizes go to {@code target/quota-load.csv}.
 */
class QuotaLoadTest {
  private static final Duration BOUND = Duration.ofMinutes(2);
  private static final long MINUTES = Long.getLong("mangonel.quota.minutes", 0);
  private static final long QUOTA_BYTES = Long.getLong("mangonel.quota.bytes", 256L << 20);
  private static final long SAMPLE_S = 10;

  /** Its plan is the larger part of what is stored. */
  private static final String JOIN =
      """
      SELECT sum(l_linenumber)::BIGINT * 0 + %d AS x
      FROM 'lineitem/*.parquet' JOIN 'orders/*.parquet' ON l_orderkey = o_orderkey""";

  /** About 60 KB of rows, which are kept with the job (rule D9). */
  private static final String ROWS =
      "SELECT %d AS x, repeat(md5(i::VARCHAR), 60) AS y FROM range(32) t(i)";

  private static final String SMALL = "SELECT 41 + %d AS x";

  @TempDir private Path directory;

  private static StateBackend open(EtcdMembers etcd) {
    var access =
        new EtcdAccess(EtcdAccess.endpoints(etcd.endpoints()), EtcdAccess.Settings.STANDARD);
    return await()
        .atMost(BOUND)
        .ignoreExceptionsInstanceOf(StateException.class)
        .until(() -> EtcdStateBackend.open(access), _ -> true);
  }

  @Test
  @Timeout(value = 3, unit = TimeUnit.HOURS)
  void defaultSettingsAndASmallQuotaStandLoad() throws Exception {
    assumeThat(MINUTES).as("-Dmangonel.quota.minutes").isPositive();
    Path data = directory.resolve("data");
    var _ = TpchGenerator.generate(0.01, data, 4);
    List<String> lines = new ArrayList<>();
    lines.add("s,statements,refused,used_bytes,file_bytes");
    try (EtcdMembers etcd =
            EtcdMembers.start(
                RequiredEtcd.executable(),
                directory.resolve("etcd"),
                EtcdMembers.Setup.of(3).withQuota(QUOTA_BYTES));
        StateBackend store = open(etcd);
        TroubledCluster cluster = new TroubledCluster("etcd:" + etcd.endpoints(), directory, data);
        Clients joins = new Clients(cluster, "join", 3, new Clients.Statement(JOIN, 0));
        Clients rows = new Clients(cluster, "rows", 2, new Clients.Statement(ROWS, 0));
        Clients small = new Clients(cluster, "small", 2, new Clients.Statement(SMALL, 41))) {
      List<Clients> all = List.of(joins, rows, small);
      boolean full = false;
      for (long s = 0; s <= MINUTES * 60; s += SAMPLE_S) {
        StateBackend.Space space = store.space().orElseThrow();
        full |= space.takesNothing();
        lines.add(
            "%d,%d,%d,%d,%d"
                .formatted(
                    s,
                    all.stream().mapToInt(Clients::allDone).sum(),
                    refused(all),
                    space.usedBytes(),
                    space.fileBytes()));
        Files.write(Path.of("target", "quota-load.csv"), lines);
        await()
            .pollDelay(Duration.ofSeconds(SAMPLE_S))
            .atMost(Duration.ofSeconds(SAMPLE_S).plus(BOUND))
            .until(() -> true);
      }
      for (Clients clients : all) {
        clients.stop();
      }
      stored(store).forEach((kind, size) -> lines.add("# " + kind + ": " + size));
      Files.write(Path.of("target", "quota-load.csv"), lines);
      for (Clients clients : all) {
        assertThat(clients.failures()).isEmpty();
        assertThat(clients.fewestDone()).isPositive();
      }
      assertThat(full).as("NOSPACE").isFalse();
      assertThat(refused(all)).as("statements refused for want of space").isZero();
      assertThat(cluster.comebacks()).isZero();
      assertThat(cluster.bugs()).isEmpty();
    }
  }

  private static long refused(List<Clients> all) {
    return all.stream()
        .flatMap(clients -> clients.retried().stream())
        .filter(message -> message.contains("full"))
        .count();
  }

  private record Size(int keys, long bytes) {
    Size plus(int value) {
      return new Size(keys + 1, bytes + value);
    }
  }

  /** What is stored, by keyspace and kind of key. */
  private static Map<String, Size> stored(StateBackend store) {
    Map<String, Size> sizes = new TreeMap<>();
    for (Keyspace keyspace : Keyspace.values()) {
      List<StateBackend.Entry> page;
      String after = "";
      do {
        page = store.scan(keyspace, "", after, 500);
        for (StateBackend.Entry entry : page) {
          int slash = entry.key().indexOf('/');
          String kind = keyspace + (slash < 0 ? "" : " " + entry.key().substring(0, slash));
          sizes.merge(kind, new Size(1, entry.value().length()), (a, b) -> a.plus((int) b.bytes));
          after = entry.key();
        }
      } while (page.size() == 500);
    }
    return sizes;
  }
}
