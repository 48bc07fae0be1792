package io.mangonel.state.etcd;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What members of etcd say of themselves under {@code /metrics}: their quota and how much of their
 * files is in use are in no answer that a client of 3.4 could ask for.
 */
final class EtcdMetrics implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EtcdMetrics.class);
  private static final String FILE = "etcd_mvcc_db_total_size_in_bytes";
  private static final String USED = "etcd_mvcc_db_total_size_in_use_in_bytes";
  private static final String QUOTA = "etcd_server_quota_backend_bytes";
  private static final String LEADER = "etcd_server_is_leader";
  private static final List<String> NAMES = List.of(FILE, USED, QUOTA, LEADER);
  private static final int OK = 200;

  private final EtcdAccess access;
  private final HttpClient http;

  /** A member that answers. */
  record Member(URI endpoint, long fileBytes, long usedBytes, long quotaBytes, boolean leader) {}

  EtcdMetrics(EtcdAccess access) {
    this.access = access;
    HttpClient.Builder builder =
        HttpClient.newBuilder().connectTimeout(Duration.ofMillis(EtcdLimits.METRICS_MS));
    EtcdCalls.tls(access).ifPresent(builder::sslContext);
    this.http = builder.build();
  }

  /** Those of the endpoints that answer now. */
  List<Member> members() {
    List<Member> members = new ArrayList<>();
    for (URI endpoint : access.endpoints()) {
      member(endpoint).ifPresent(members::add);
    }
    return members;
  }

  private Optional<Member> member(URI endpoint) {
    HttpRequest request =
        HttpRequest.newBuilder(endpoint.resolve("/metrics"))
            .timeout(Duration.ofMillis(EtcdLimits.METRICS_MS))
            .build();
    try {
      HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      Map<String, Long> values = values(answer.body());
      Long file = values.get(FILE);
      Long used = values.get(USED);
      Long quota = values.get(QUOTA);
      Long leader = values.get(LEADER);
      if (answer.statusCode() == OK
          && file != null
          && used != null
          && quota != null
          && leader != null) {
        return Optional.of(new Member(endpoint, file, used, quota, leader == 1));
      }
      LOG.debug("{} answers {} without what is looked for", request.uri(), answer.statusCode());
    } catch (IOException e) {
      LOG.debug("{} does not answer: {}", request.uri(), e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return Optional.empty();
  }

  /** Lines {@code name value}; what has labels is not looked for. */
  private static Map<String, Long> values(String body) {
    Map<String, Long> values = new HashMap<>();
    body.lines()
        .map(line -> line.split(" ", -1))
        .filter(words -> words.length == 2 && NAMES.contains(words[0]))
        .forEach(words -> values.put(words[0], (long) Double.parseDouble(words[1])));
    return values;
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
