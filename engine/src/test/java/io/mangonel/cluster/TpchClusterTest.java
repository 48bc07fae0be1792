package io.mangonel.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.mangonel.core.task.JobId;
import io.mangonel.scheduler.query.Answer;
import io.mangonel.scheduler.query.JobDetail;
import io.mangonel.tpch.GenerationResult;
import io.mangonel.tpch.TpchGenerator;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** All 22 TPC-H queries on clusters of two and three executors, as plain DuckDB answers them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TpchClusterTest {
  private static final double SCALE_FACTOR = 0.01;
  private static final int PARTS = 4;
  private static final List<Integer> QUERIES = IntStream.rangeClosed(1, 22).boxed().toList();

  /** In hash mode every query is distributed. */
  private static final int DISTRIBUTED_MIN = 20;

  private static final Map<Integer, Rows> EXPECTED = new TreeMap<>();

  @TempDir static Path directory;

  @BeforeAll
  static void generate() throws IOException, SQLException {
    assertThat(TpchGenerator.generate(SCALE_FACTOR, directory.resolve("data"), PARTS))
        .isInstanceOf(GenerationResult.Generated.class);
    for (int query : QUERIES) {
      String views = String.join(";\n", TpchGenerator.createViews(directory.resolve("data")));
      EXPECTED.put(query, Rows.ofPlainDuckDb(views, sql(query)));
    }
  }

  @AfterAll
  static void forget() {
    EXPECTED.clear();
  }

  @ParameterizedTest
  @CsvSource({"2, PUSH", "3, PUSH", "2, PULL", "2, NO_SHARED_DISK"})
  void everyQueryIsAnsweredAsByPlainDuckDb(int executors, TestCluster.Kind kind)
      throws IOException {
    Path work = directory.resolve("cluster-" + executors + "-" + kind);
    Path data = directory.resolve("data");
    try (var cluster = new TestCluster(work, data, "memory", executors, kind)) {
      TpchGenerator.createViews(directory.resolve("data")).forEach(cluster::execute);
      List<String> wrong = new ArrayList<>();
      for (String mode : List.of("auto", "hash", "broadcast")) {
        Set<Integer> distributed = new TreeSet<>();
        for (int query : QUERIES) {
          JobId job = cluster.submit(sql(query), Map.of("mangonel_join_mode", mode));
          try {
            cluster.rows(job).assertSameAs(Objects.requireNonNull(EXPECTED.get(query)));
          } catch (AssertionError | RuntimeException e) {
            wrong.add("q" + query + " " + mode + ": " + e.getMessage());
          }
          if (detail(cluster, job).stages().size() > 1) {
            distributed.add(query);
          }
        }
        if (mode.equals("hash")) {
          assertThat(distributed).hasSizeGreaterThanOrEqualTo(DISTRIBUTED_MIN);
        }
      }
      assertThat(wrong).isEmpty();
      assertThat(hasFetched(work))
          .as("files of other executors were fetched")
          .isEqualTo(kind == TestCluster.Kind.NO_SHARED_DISK);
      assertThat(cluster.fatal()).isNull();
    }
  }

  /**
   * Whether the cache of an executor has a file of another one; what is swept meanwhile is none.
   */
  private static boolean hasFetched(Path work) throws IOException {
    AtomicBoolean found = new AtomicBoolean();
    Files.walkFileTree(
        work,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            found.compareAndSet(false, isFetched(work.relativize(file)));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) {
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e) {
            return FileVisitResult.CONTINUE;
          }
        });
    return found.get();
  }

  private static boolean isFetched(Path file) {
    return file.getNameCount() > 2 && file.getName(1).toString().equals("fetched");
  }

  private static JobDetail detail(TestCluster cluster, JobId job) {
    return switch (cluster.queries().job(job)) {
      case Answer.Ok<JobDetail>(JobDetail detail) -> detail;
      case Answer<JobDetail> other -> throw new AssertionError(job + ": " + other);
    };
  }

  private static String sql(int query) {
    String name = "/tpch/q%02d.sql".formatted(query);
    try (InputStream text =
        Objects.requireNonNull(TpchClusterTest.class.getResourceAsStream(name), name)) {
      return new String(text.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
