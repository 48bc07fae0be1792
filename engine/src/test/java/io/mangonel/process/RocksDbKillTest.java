package io.mangonel.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mangonel.cli.MangonelProcess;
import io.mangonel.state.StateBackend;
import io.mangonel.state.StateException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that commits and is killed with -9, and what the store has afterwards. */
class RocksDbKillTest {
  private static final Duration MAX = Duration.ofSeconds(60);
  private static final int KILLS = Integer.getInteger("mangonel.crash.kills", 8);
  private static final int LIFE_MAX_MS = 300;
  private static final int CUTS = 60;
  private static final int DAMAGES = 60;

  /** Commits before a kill; two of them are whole in every log that is damaged. */
  private static final int DONE_MIN = 5;

  private static final long SEED = Long.getLong("mangonel.crash.seed", System.nanoTime());

  @TempDir Path directory;

  /** What a process printed until it died. */
  private record Life(List<Done> done, long begun) {
    /** A commit that was acknowledged, and where the log ended then. */
    private record Done(long number, String log, long size) {}

    static Life read(String output) {
      List<Done> done = new ArrayList<>();
      long begun = 0;
      // The last line may be torn.
      String whole = output.substring(0, output.lastIndexOf('\n') + 1);
      for (String line : whole.lines().toList()) {
        String[] words = line.split(" ", -1);
        if (words[0].equals("begin")) {
          begun = Long.parseLong(words[1]);
        } else {
          done.add(new Done(Long.parseLong(words[1]), words[2], Long.parseLong(words[3])));
        }
      }
      return new Life(done, begun);
    }

    long acknowledged() {
      return done.isEmpty() ? 0 : done.getLast().number();
    }

    /** Killed while a commit was under way. */
    boolean inCommit() {
      return begun > acknowledged();
    }
  }

  private Life killed(int number, Random random) throws IOException, InterruptedException {
    Path files = Files.createDirectory(directory.resolve("life-" + number));
    try (MangonelProcess process =
        MangonelProcess.start(
            files, files, CommitLoop.class.getName(), List.of(state().toString()))) {
      await()
          .atMost(MAX)
          .pollInterval(Duration.ofMillis(5))
          .until(
              () ->
                  process.output().split("done ", -1).length > DONE_MIN
                      || !process.process().isAlive());
      boolean ended = process.process().waitFor(random.nextInt(LIFE_MAX_MS), TimeUnit.MILLISECONDS);
      assertThat(ended).as(process.errors()).isFalse();
      process.process().destroyForcibly();
      assertThat(process.process().waitFor(MAX.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(process.process().exitValue()).as("ended by signal 9").isEqualTo(137);
      return Life.read(process.output());
    }
  }

  private Path state() {
    return directory.resolve("state");
  }

  @Test
  void whatWasAcknowledgedIsThereAfterEachKillAndInOrder() throws Exception {
    var random = new Random(SEED);
    int inCommit = 0;
    int keptUnacknowledged = 0;
    long acknowledged = 0;
    for (int i = 0; i < KILLS; i++) {
      Life life = killed(i, random);
      acknowledged = life.acknowledged();
      inCommit += life.inCommit() ? 1 : 0;
      Path copy = copy("copy-" + i);
      try (StateBackend store = CommitLoop.open(copy)) {
        int there = CommitLoop.entries(store).size();
        assertThat((long) there).as("seed " + SEED).isBetween(acknowledged, life.begun());
        keptUnacknowledged += there > acknowledged ? 1 : 0;
      }
    }
    System.out.printf(
        "rocksdb: seed %d, %d kills, %d of them within a commit (%d of those commits are there),"
            + " %d commits acknowledged, all there%n",
        SEED, KILLS, inCommit, keptUnacknowledged, acknowledged);
    assertThat(inCommit).as("kills that fell between begin and acknowledgement").isPositive();
  }

  @Test
  void aTornLogLosesWhatIsBehindTheTearAndNothingElse() throws Exception {
    var random = new Random(SEED);
    Life life = killed(0, random);
    Path log = CommitLoop.newestLog(state());
    List<Life.Done> done = ofLog(life, log);
    long size = Files.size(log);
    for (int i = 0; i < CUTS; i++) {
      long cut = i == 0 ? done.getLast().size() : random.nextLong(done.getFirst().size(), size);
      Path copy = copy("cut-" + i);
      try (var file = new RandomAccessFile(copy.resolve(log.getFileName()).toFile(), "rw")) {
        file.setLength(cut);
      }
      long whole =
          done.stream()
              .filter(one -> one.size() <= cut)
              .mapToLong(Life.Done::number)
              .max()
              .orElse(0);
      try (StateBackend store = CommitLoop.open(copy)) {
        assertThat((long) CommitLoop.entries(store).size())
            .as("cut at %d of %d, seed %d", cut, size, SEED)
            .isBetween(whole, whole + 1);
      }
    }
  }

  @Test
  void damageBeforeTheTailIsRefusedAndNamed() throws Exception {
    var random = new Random(SEED);
    Life life = killed(0, random);
    Path log = CommitLoop.newestLog(state());
    List<Life.Done> done = ofLog(life, log);
    // Behind the damage whole commits follow: it is no torn tail.
    long end = done.get(done.size() / 2).size();
    for (int i = 0; i < DAMAGES; i++) {
      long position = random.nextLong(end);
      Path copy = copy("damage-" + i);
      try (var file = new RandomAccessFile(copy.resolve(log.getFileName()).toFile(), "rw")) {
        file.seek(position);
        int old = file.read();
        file.seek(position);
        file.write(old ^ (1 << random.nextInt(8)));
      }
      assertThatThrownBy(() -> CommitLoop.open(copy).close())
          .as("a bit at %d of %d, seed %d", position, end, SEED)
          .isInstanceOf(StateException.class)
          .hasMessageContaining(copy.toString())
          .hasMessageContaining("damaged");
    }
  }

  /** Its commits that are in this log. */
  private static List<Life.Done> ofLog(Life life, Path log) {
    List<Life.Done> done =
        life.done().stream().filter(one -> one.log().equals(log.getFileName().toString())).toList();
    assertThat(done).hasSizeGreaterThan(2);
    return done;
  }

  private Path copy(String name) throws IOException {
    Path copy = Files.createDirectory(directory.resolve(name));
    try (Stream<Path> files = Files.list(state())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
    return copy;
  }
}
