package io.mangonel.workbench.trouble;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.auth.Permission;
import io.grpc.netty.GrpcSslContexts;
import io.mangonel.cli.client.AdminReports;
import io.mangonel.cli.client.SchedulerConnection;
import io.mangonel.cli.demo.ChildProcess;
import io.mangonel.cli.demo.Host;
import io.mangonel.cli.demo.LocalEtcd;
import io.mangonel.cli.options.ClientOptions.HostAndPort;
import io.mangonel.cli.options.CommandFailure;
import io.mangonel.flightsql.AdminActions;
import io.mangonel.workbench.etcd.EtcdMembers;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An etcd that wants certificates, a user and a password, and schedulers as processes. */
class EtcdAccessTest {
  private static final Duration BOUND = Duration.ofMinutes(2);
  private static final List<String> QUICK_START =
      List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");
  private static final String USER = "worker";
  private static final String PASSWORD = "s3cret";
  private static final String WRONG_PASSWORD = "guessed";

  @TempDir private static Path directory;
  private static @Nullable EtcdMembers etcd;
  private static Certificates files =
      new Certificates(Path.of(""), Path.of(""), Path.of(""), Path.of(""));

  @BeforeAll
  static void start() throws Exception {
    Path executable = RequiredEtcd.executable();
    files = Certificates.make(directory.resolve("certificates"));
    List<String> options =
        List.of(
            "--client-cert-auth",
            "--trusted-ca-file=" + files.authority(),
            "--cert-file=" + files.certificate(),
            "--key-file=" + files.key());
    EtcdMembers started =
        EtcdMembers.start(
            executable, directory.resolve("etcd"), EtcdMembers.Setup.of(1).withTls(options));
    etcd = started;
    try (Client admin = admin(started)) {
      await()
          .atMost(BOUND)
          .ignoreExceptionsInstanceOf(ExecutionException.class)
          .until(() -> done(admin.getKVClient().get(text("any"))));
      closeToOthers(admin);
    }
  }

  private static Client admin(EtcdMembers etcd) throws IOException {
    return Client.builder()
        .endpoints(etcd.endpoints())
        .sslContext(
            GrpcSslContexts.forClient()
                .trustManager(files.authority().toFile())
                .keyManager(files.certificate().toFile(), files.key().toFile())
                .build())
        .build();
  }

  /** One who may do all, and one for the schedulers, who may use their keys and nothing else. */
  private static void closeToOthers(Client admin) throws Exception {
    var auth = admin.getAuthClient();
    done(auth.userAdd(text("root"), text("of all")));
    done(auth.userGrantRole(text("root"), text("root")));
    done(auth.userAdd(text(USER), text(PASSWORD)));
    done(auth.roleAdd(text(USER)));
    done(
        auth.roleGrantPermission(
            text(USER), text("mangonel/"), text("mangonel0"), Permission.Type.READWRITE));
    done(auth.userGrantRole(text(USER), text(USER)));
    done(auth.authEnable());
  }

  private static boolean done(CompletableFuture<?> call) throws Exception {
    return call.get(BOUND.toSeconds(), TimeUnit.SECONDS) != null;
  }

  private static ByteSequence text(String text) {
    return ByteSequence.from(text, StandardCharsets.UTF_8);
  }

  @AfterAll
  static void end() {
    if (etcd != null) {
      etcd.close();
    }
  }

  private static ChildProcess scheduler(String name, String endpoints, List<String> access) {
    List<String> arguments = new ArrayList<>(List.of("scheduler", "--port", "0"));
    arguments.addAll(List.of("--http-port", "0", "--state", "etcd:" + endpoints));
    arguments.addAll(List.of("--data-dirs", directory.toString()));
    arguments.addAll(List.of("--dir", directory.resolve(name).toString()));
    arguments.addAll(access);
    return ChildProcess.start(name, directory.resolve(name + ".log"), QUICK_START, arguments);
  }

  private static String endpoints() {
    return java.util.Objects.requireNonNull(etcd).endpoints();
  }

  private static List<String> login(String password) throws IOException {
    Path file = Files.writeString(directory.resolve("password-" + password), password + "\n");
    return List.of("--etcd-user", USER, "--etcd-password-file", file.toString());
  }

  private static List<String> tls(Path authority) {
    return List.of(
        "--etcd-ca",
        authority.toString(),
        "--etcd-cert",
        files.certificate().toString(),
        "--etcd-key",
        files.key().toString());
  }

  private static List<String> all(List<String> one, List<String> other) {
    List<String> all = new ArrayList<>(one);
    all.addAll(other);
    return all;
  }

  @Test
  void theRightOnesLetASchedulerInThatMayUseItsKeysOnly() throws Exception {
    List<String> access = all(tls(files.authority()), login(PASSWORD));
    try (ChildProcess scheduler = scheduler("right", endpoints(), access)) {
      String ready = scheduler.awaitReady();
      int port = Integer.parseInt(ready.replaceAll(".*flight=grpc://[^:]+:(\\d+).*", "$1"));
      var address = List.of(new HostAndPort("127.0.0.1", port));
      assertThat(
              AdminReports.read(SchedulerConnection.ask(address, AdminActions.SCHEDULERS_LIST, "")))
          .as("who has a key in etcd")
          .hasSize(1);
      // What etcd says of its space comes by HTTP, with the same certificate.
      URI metrics = URI.create(ready.replaceAll(".*http=(http://\\S+).*", "$1") + "/metrics");
      await()
          .atMost(BOUND)
          .until(() -> get(metrics).contains("mangonel_store_bytes{kind=\"quota\"}"));
    }
  }

  private static String get(URI uri) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
          .body();
    }
  }

  /** What is wrong, and the words for it. */
  enum Wrong {
    AUTHORITY("shows a certificate that is not trusted (see --etcd-ca)"),
    PASSWORD("does not let this process in (see --etcd-user, --etcd-password-file)"),
    NO_USER("does not let this process in (see --etcd-user, --etcd-password-file)"),
    NO_CERTIFICATE("refuses this process's certificate, or that it shows none (see --etcd-cert");

    final String words;

    Wrong(String words) {
      this.words = words;
    }

    List<String> access() throws IOException {
      return switch (this) {
        case AUTHORITY -> all(tls(files.stranger()), login(EtcdAccessTest.PASSWORD));
        case PASSWORD -> all(tls(files.authority()), login(WRONG_PASSWORD));
        case NO_USER -> tls(files.authority());
        case NO_CERTIFICATE ->
            all(List.of("--etcd-ca", files.authority().toString()), login(EtcdAccessTest.PASSWORD));
      };
    }
  }

  @ParameterizedTest
  @EnumSource
  void aWrongOneIsOneLineThatSaysWhich(Wrong wrong) throws IOException {
    try (ChildProcess scheduler = scheduler(wrong.name(), endpoints(), wrong.access())) {
      assertThat(scheduler.awaitEnd(BOUND)).isEqualTo(OptionalInt.of(CommandFailure.FAILED));
      List<String> said = Files.readAllLines(scheduler.errors());
      assertThat(said)
          .filteredOn(line -> line.startsWith("error: "))
          .singleElement()
          .asString()
          .startsWith("error: etcd at " + endpoints() + " " + wrong.words);
      assertThat(said)
          .as("neither a stack trace nor a password")
          .noneMatch(line -> line.startsWith("\tat ") || line.contains("Exception"))
          .noneMatch(line -> line.contains(PASSWORD) || line.contains(WRONG_PASSWORD));
    }
  }

  /** As at the boot of a machine. */
  @Test
  void anEtcdThatComesLaterIsAwaited() throws IOException {
    Path executable = RequiredEtcd.executable();
    Path own = directory.resolve("late");
    try (LocalEtcd late = LocalEtcd.of(executable, own, List.of(Host.LOCAL), List.of());
        ChildProcess scheduler = scheduler("waits", late.endpoint(), List.of())) {
      await()
          .atMost(BOUND)
          .until(() -> Files.readString(scheduler.errors()).contains("does not answer yet"));
      late.startAgain();
      assertThat(scheduler.awaitReady()).contains("flight=");
      assertThat(Files.readString(scheduler.errors()).split("does not answer yet", -1))
          .as("said once")
          .hasSize(2);
    }
  }
}
