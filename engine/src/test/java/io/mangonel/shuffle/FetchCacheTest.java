package io.mangonel.shuffle;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.ServerCalls;
import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.OutputFile;
import io.mangonel.shuffle.FetchCache.Fetched;
import io.mangonel.wire.Channels;
import io.mangonel.wire.GrpcServer;
import io.mangonel.wire.HostPort;
import io.mangonel.wire.executor.ExecutorClient;
import io.mangonel.wire.proto.ExecutorServiceGrpc;
import io.mangonel.wire.proto.FetchPartitionRequest;
import io.mangonel.wire.proto.FetchPartitionResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cache of 250 bytes, before a server that gives files of about 100. */
final class FetchCacheTest {
  private static final int FILE_BYTES = 100;

  @TempDir Path directory;

  private final Channels channels = new Channels();
  private final AtomicInteger calls = new AtomicInteger();
  private final CountDownLatch mayAnswer = new CountDownLatch(1);
  private GrpcServer server;
  private HostPort peer;
  private FetchCache cache;
  private int links;

  @BeforeEach
  void open() throws IOException {
    MethodDescriptor<FetchPartitionRequest, FetchPartitionResponse> method =
        ExecutorServiceGrpc.getFetchPartitionMethod();
    ServerServiceDefinition service =
        ServerServiceDefinition.builder("mangonel.ExecutorService")
            .addMethod(
                method,
                ServerCalls.<FetchPartitionRequest, FetchPartitionResponse>asyncServerStreamingCall(
                    (request, observer) -> {
                      calls.incrementAndGet();
                      if (request.getPath().startsWith("elsewhere")) {
                        observer.onError(Status.FAILED_PRECONDITION.asRuntimeException());
                        return;
                      }
                      if (request.getPath().startsWith("slow")) {
                        awaitRelease();
                      }
                      observer.onNext(
                          FetchPartitionResponse.newBuilder()
                              .setChunk(ByteString.copyFrom(content(request.getPath())))
                              .setTotalBytes(FILE_BYTES)
                              .build());
                      observer.onCompleted();
                    }))
            .build();
    server =
        switch (GrpcServer.start(new HostPort("127.0.0.1", 0), List.of(service))) {
          case GrpcServer.Start.Running(GrpcServer running) -> running;
          case GrpcServer.Start.Failed(String message) -> throw new IOException(message);
        };
    peer = new HostPort("127.0.0.1", server.port());
    cache = new FetchCache(directory.resolve("cache"), 250, new ExecutorClient(channels));
  }

  @AfterEach
  void close() {
    channels.close();
    server.close();
  }

  private void awaitRelease() {
    try {
      assertThat(mayAnswer.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static byte[] content(String path) {
    String text =
        path.startsWith("broken") ? "x".repeat(FILE_BYTES) : "PAR1" + "-".repeat(92) + "PAR1";
    String cut = path.startsWith("short") ? text.substring(1) : text;
    return cut.getBytes(StandardCharsets.US_ASCII);
  }

  private Fetched get(String path) {
    return get(path, FILE_BYTES, nextLink());
  }

  private Fetched get(String path, long bytes, Path link) {
    return cache.get(
        new ExecutorId("e"), peer, new OutputFile(0, path, 1, bytes, OutputFile.NO_CHECKSUM), link);
  }

  private synchronized Path nextLink() {
    links++;
    return directory.resolve("link-" + links);
  }

  @Test
  void aFileIsFetchedOnceAndStaysReadableWhenItIsDropped() throws IOException {
    Path link = nextLink();
    assertThat(get("a.parquet", FILE_BYTES, link)).isEqualTo(new Fetched.Here());
    assertThat(get("a.parquet")).isEqualTo(new Fetched.Here());
    assertThat(calls).hasValue(1);
    get("b.parquet");
    get("a.parquet");
    get("c.parquet");
    assertThat(cache.bytes()).isEqualTo(2L * FILE_BYTES);
    assertThat(calls).hasValue(3);
    get("a.parquet");
    assertThat(calls).as("the least recently used was dropped, not this one").hasValue(3);
    get("b.parquet");
    assertThat(calls).hasValue(4);
    get("c.parquet");
    get("b.parquet");
    assertThat(Files.size(link)).isEqualTo(FILE_BYTES);
  }

  @Test
  void readersOfTheSameFileShareOneFetch() throws Exception {
    List<Future<Fetched>> readers = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 10; i++) {
        readers.add(threads.submit(() -> get("slow.parquet")));
      }
      mayAnswer.countDown();
      for (Future<Fetched> reader : readers) {
        assertThat(reader.get(20, TimeUnit.SECONDS)).isEqualTo(new Fetched.Here());
      }
    }
    assertThat(calls).hasValue(1);
  }

  @Test
  void whatIsNotTheWholeFileIsLost() {
    for (String path : List.of("short.parquet", "broken.parquet")) {
      assertThat(get(path)).as(path).isInstanceOf(Fetched.Lost.class);
    }
    assertThat(get("a.parquet", FILE_BYTES + 1, nextLink())).isInstanceOf(Fetched.Lost.class);
    assertThat(cache.bytes()).isZero();
    assertThat(directory.resolve("cache")).isEmptyDirectory();
  }

  @Test
  void anotherExecutorAtTheAddressSaysNothingOfTheFile() {
    assertThat(get("elsewhere.parquet")).isInstanceOf(Fetched.Unreachable.class);
    assertThat(directory.resolve("cache")).isEmptyDirectory();
  }

  @Test
  void aPeerThatIsGoneIsTriedAgainAndThenUnreachable() {
    server.close();
    assertThat(get("a.parquet"))
        .isInstanceOfSatisfying(
            Fetched.Unreachable.class, lost -> assertThat(lost.message()).contains("UNAVAILABLE"));
  }
}
