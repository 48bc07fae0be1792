package io.mangonel.cli.demo;

import io.mangonel.cli.options.CommandFailure;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** An etcd of one member on this machine, for demos and tests: on loopback, with its own files. */
public final class LocalEtcd implements AutoCloseable {
  private static final long READY_MAX_MS = 60_000;
  private static final long READY_PAUSE_MS = 50;
  private static final long END_MAX_S = 10;

  private final Path executable;
  private final Path directory;
  private final int port;
  private final int peerPort;
  private Process process;

  private LocalEtcd(Path executable, Path directory, int port, int peerPort) {
    this.executable = executable;
    this.directory = directory;
    this.port = port;
    this.peerPort = peerPort;
    this.process = launch();
  }

  /** The first {@code etcd} on the PATH. */
  public static Optional<Path> executable() {
    String path = System.getenv().getOrDefault("PATH", "");
    return List.of(path.split(File.pathSeparator)).stream()
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, "etcd"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /**
   * Starts it and waits until it answers.
   *
   * @param directory for its data and its log; not removed
   */
  public static LocalEtcd start(Path executable, Path directory) {
    LocalEtcd etcd =
        new LocalEtcd(
            executable, directory, FreePorts.claim("--etcd", 0), FreePorts.claim("--etcd", 0));
    etcd.awaitReady();
    return etcd;
  }

  /** As {@code --state etcd:} takes it. */
  public String endpoint() {
    return "http://127.0.0.1:" + port;
  }

  private Process launch() {
    String peer = "http://127.0.0.1:" + peerPort;
    List<String> command =
        List.of(
            executable.toString(),
            "--data-dir=" + directory.resolve("data"),
            "--listen-client-urls=" + endpoint(),
            "--advertise-client-urls=" + endpoint(),
            "--listen-peer-urls=" + peer,
            "--initial-advertise-peer-urls=" + peer,
            "--initial-cluster=default=" + peer);
    try {
      Files.createDirectories(directory);
      return new ProcessBuilder(command)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
          .start();
    } catch (IOException e) {
      throw CommandFailure.failed("cannot start " + executable + ": " + e.getMessage());
    }
  }

  private Path log() {
    return directory.resolve("etcd.log");
  }

  private void awaitReady() {
    HttpRequest health =
        HttpRequest.newBuilder(URI.create(endpoint() + "/health"))
            .timeout(Duration.ofSeconds(1))
            .build();
    long untilNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(READY_MAX_MS);
    try (HttpClient client = HttpClient.newHttpClient()) {
      while (!healthy(client, health)) {
        if (process.waitFor(READY_PAUSE_MS, TimeUnit.MILLISECONDS)) {
          throw CommandFailure.failed("etcd ended; its log is " + log());
        }
        if (System.nanoTime() > untilNs) {
          close();
          throw CommandFailure.failed("etcd does not answer; its log is " + log());
        }
      }
    } catch (InterruptedException e) {
      close();
      Thread.currentThread().interrupt();
      throw CommandFailure.failed("interrupted");
    }
  }

  private static boolean healthy(HttpClient client, HttpRequest health)
      throws InterruptedException {
    try {
      return client
          .send(health, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8))
          .body()
          .contains("true");
    } catch (IOException e) {
      return false;
    }
  }

  /** {@code kill -9}. */
  public void kill() {
    process.destroyForcibly();
    awaitEnd();
  }

  /** Once more on its data and its port, after {@link #kill}. */
  public void startAgain() {
    process = launch();
    awaitReady();
  }

  @Override
  public void close() {
    process.destroy();
    if (!awaitEnd()) {
      process.destroyForcibly();
    }
  }

  private boolean awaitEnd() {
    try {
      return process.waitFor(END_MAX_S, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
