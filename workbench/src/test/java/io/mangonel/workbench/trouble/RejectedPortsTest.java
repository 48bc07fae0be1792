package io.mangonel.workbench.trouble;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.databind.JsonNode;
import io.mangonel.cli.client.AdminReports;
import io.mangonel.cli.client.SchedulerConnection;
import io.mangonel.cli.demo.Host;
import io.mangonel.cli.demo.LocalCluster;
import io.mangonel.cli.demo.LocalEtcd;
import io.mangonel.cli.demo.Server;
import io.mangonel.cli.demo.TaskRuns;
import io.mangonel.cli.options.ClientOptions.HostAndPort;
import io.mangonel.client.MangonelClient;
import io.mangonel.client.QueryResult;
import io.mangonel.flightsql.AdminActions;
import io.mangonel.workbench.chaos.network.LinkFault;
import io.mangonel.workbench.chaos.network.Namespaces;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two healthy schedulers whose ports reject one another (rule T1): each in a network namespace of
 * its own, and a firewall between them. Only for root.
 */
class RejectedPortsTest {
  private static final Duration BOUND = Duration.ofMinutes(2);

  /** Longer than the lease of a scheduler, and than any suspicion takes. */
  private static final Duration REJECTED = Duration.ofSeconds(8);

  private static final List<String> SCHEDULERS = List.of("scheduler-1", "scheduler-2");
  private static final List<String> EXECUTORS = List.of("executor-1", "executor-2");
  private static final String ETCD = "etcd-1";

  /** Two stages. */
  private static final String QUERY =
      "SELECT count(*) AS n, sum(k)::BIGINT AS s FROM (SELECT range % 9 AS k FROM range(100000))"
          + " GROUP BY k % 2 ORDER BY ALL";

  private static final String ANSWER = "[[44444, 177776], [55556, 222220]]";
  private static final String ENDLESS =
      "SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE a.range < b.range";

  @TempDir private Path directory;
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final List<AtomicInteger> done = new ArrayList<>();
  private final List<Thread> clients = new ArrayList<>();
  private volatile boolean stopped;

  private static void requireNamespaces() {
    Optional<String> obstacle = Namespaces.obstacle();
    if (obstacle.isPresent()) {
      String message = "no network namespaces: " + obstacle.get();
      if (System.getProperty("mangonel.require", "").equals("all")) {
        throw new AssertionError(message);
      }
      abort(message);
    }
  }

  private static List<Host> hosts(Namespaces network, List<String> names) {
    return names.stream().map(name -> network.host(name, Map.of())).toList();
  }

  private LocalCluster cluster(Namespaces network, Path executable) throws Exception {
    LocalEtcd store =
        LocalEtcd.of(
            executable, directory.resolve("etcd"), hosts(network, List.of(ETCD)), List.of());
    Path data = Files.createDirectory(directory.resolve("data"));
    List<String> open = List.of("--insecure");
    return new LocalCluster(
        new LocalCluster.Setup(
            directory,
            data,
            hosts(network, SCHEDULERS),
            hosts(network, EXECUTORS),
            2,
            "push",
            open,
            open),
        store,
        0,
        0);
  }

  private void ask(HostAndPort scheduler, AtomicInteger answered) {
    try (MangonelClient client = MangonelClient.connect(scheduler.toString())) {
      while (!stopped && failures.isEmpty()) {
        String rows = client.execute(QUERY).readAll().toString();
        if (!rows.equals(ANSWER)) {
          failures.add("wrong: " + rows);
        }
        answered.incrementAndGet();
      }
    } catch (RuntimeException | Error e) {
      failures.add(e.toString());
    }
  }

  private void awaitAnswers() {
    List<Integer> before = done.stream().map(AtomicInteger::get).toList();
    for (int i = 0; i < done.size(); i++) {
      int client = i;
      await()
          .atMost(BOUND)
          .until(() -> done.get(client).get() > before.get(client) + 1 || !failures.isEmpty());
    }
    assertThat(failures).isEmpty();
  }

  private static JsonNode ask(HostAndPort scheduler, String action, String body) {
    return AdminReports.read(SchedulerConnection.ask(List.of(scheduler), action, body));
  }

  /** Who has a key, as that scheduler says. */
  private static List<String> incarnations(HostAndPort scheduler) {
    List<String> all = new ArrayList<>();
    ask(scheduler, AdminActions.SCHEDULERS_LIST, "")
        .forEach(one -> all.add(one.path("incarnation").asText()));
    return all.stream().sorted().toList();
  }

  @Test
  void bothGoOnAndNeitherIsTakenForDead() throws Exception {
    Path executable = RequiredEtcd.executable();
    requireNamespaces();
    List<String> names = new ArrayList<>(SCHEDULERS);
    names.addAll(EXECUTORS);
    names.add(ETCD);
    try (Namespaces network = Namespaces.make(names);
        LocalCluster cluster = cluster(network, executable)) {
      cluster.etcd().startAgain();
      cluster.start();
      cluster.awaitReady();
      HostAndPort one = cluster.addresses().getFirst();
      HostAndPort other = cluster.addresses().getLast();
      await().atMost(BOUND).until(() -> incarnations(one).size() == 2);
      List<String> present = incarnations(one);
      for (HostAndPort scheduler : cluster.addresses()) {
        var answered = new AtomicInteger();
        done.add(answered);
        clients.add(Thread.ofPlatform().daemon().start(() -> ask(scheduler, answered)));
      }
      awaitAnswers();
      try (MangonelClient client = MangonelClient.connect(one.toString());
          QueryResult endless = client.execute(ENDLESS)) {
        String job = endless.jobId();
        LinkFault rejected = network.rejectBoth(SCHEDULERS.getFirst(), SCHEDULERS.getLast());
        await().atMost(BOUND).until(rejected::hasFired);
        awaitAnswers();
        await().pollDelay(REJECTED).atMost(BOUND).until(() -> true);
        awaitAnswers();
        // What one is told comes to the other by the store.
        var _ = ask(other, AdminActions.JOBS_CANCEL, job);
        for (HostAndPort scheduler : cluster.addresses()) {
          await().atMost(BOUND).until(() -> state(scheduler, job).equals("CANCELLED"));
          assertThat(incarnations(scheduler)).isEqualTo(present);
        }
        rejected.heal();
      }
      awaitAnswers();
      stopped = true;
      for (Thread client : clients) {
        assertThat(client.join(BOUND)).isTrue();
      }
      assertThat(failures).isEmpty();
      assertThat(incarnations(one)).isEqualTo(present);
      assertThat(cluster.runs().finishedRerun()).as("finished tasks that ran again").isZero();
      assertThat(cluster.schedulers().stream().flatMap(RejectedPortsTest::said))
          .as("nobody's key was deleted")
          .noneMatch(line -> line.contains("by suspicion") || line.contains("comes back under"));
    }
  }

  private static String state(HostAndPort scheduler, String job) {
    return ask(scheduler, AdminActions.JOBS_SHOW, job).path("state").asText();
  }

  private static java.util.stream.Stream<String> said(Server server) {
    return server.logs().stream().flatMap(log -> TaskRuns.lines(log).stream());
  }
}
