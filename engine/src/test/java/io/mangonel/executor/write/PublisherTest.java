package io.mangonel.executor.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.InputLocation;
import io.mangonel.core.task.JobId;
import io.mangonel.core.task.OutputFile;
import io.mangonel.core.task.TaskAttemptId;
import io.mangonel.planner.stage.WriteTarget;
import io.mangonel.planner.stage.WriteTarget.IfExists;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PublisherTest {
  private static final JobId JOB = new JobId("j1");

  @TempDir Path directory;
  private Path data;

  @BeforeEach
  void makeData() throws IOException {
    data = Files.createDirectory(directory.resolve("data"));
  }

  private WriteTarget file() {
    return new WriteTarget(
        data.resolve("x.csv").toString(), false, IfExists.OVERWRITE, data.toString(), "csv");
  }

  private WriteTarget files(IfExists ifExists) {
    return new WriteTarget(data.resolve("dir").toString(), true, ifExists, data.toString(), "csv");
  }

  private Publisher publisher(WriteTarget target, int tasks) throws RefusedException {
    Path hidden = data.resolve(".mangonel-j1");
    return new Publisher(
        JOB,
        new Staging(target, JOB, List.of(data)),
        new ExecutorId("e1"),
        IntStream.range(0, tasks)
            .mapToObj(
                p ->
                    new InputLocation(
                        new TaskAttemptId(JOB, 0, 0, p, 1, new Incarnation("s"), 0),
                        new ExecutorId("e2"),
                        List.of(
                            new OutputFile(
                                OutputFile.ALL_PARTITIONS,
                                hidden.resolve(p + ".0/rows").toString(),
                                5,
                                1,
                                OutputFile.NO_CHECKSUM))))
            .toList());
  }

  private void write(int tasks) throws IOException {
    for (int p = 0; p < tasks; p++) {
      Path attempt = Files.createDirectories(data.resolve(".mangonel-j1/" + p + ".0"));
      Files.writeString(attempt.resolve("rows"), "rows of " + p);
    }
    Path loser = Files.createDirectories(data.resolve(".mangonel-j1/0.1"));
    Files.writeString(loser.resolve("rows"), "other rows of 0");
  }

  private List<String> all() throws IOException {
    try (Stream<Path> all = Files.walk(data)) {
      return all.filter(Files::isRegularFile)
          .map(path -> data.relativize(path).toString())
          .sorted()
          .toList();
    }
  }

  /** Repeated when all is done, and after half of it. */
  @Test
  void isRepeated() throws Exception {
    write(2);
    assertThat(publisher(files(IfExists.REFUSE), 2).publish()).isEqualTo(10);
    assertThat(all()).containsExactly("dir/j1-00000.csv", "dir/j1-00001.csv");
    assertThat(data.resolve(".mangonel-j1")).doesNotExist();
    assertThat(publisher(files(IfExists.REFUSE), 2).publish()).isEqualTo(10);

    Files.createDirectories(data.resolve(".mangonel-j1/1.0"));
    Files.move(data.resolve("dir/j1-00001.csv"), data.resolve(".mangonel-j1/1.0/rows"));
    assertThat(publisher(files(IfExists.REFUSE), 2).publish()).isEqualTo(10);
    assertThat(all()).containsExactly("dir/j1-00000.csv", "dir/j1-00001.csv");
    assertThat(data.resolve("dir/j1-00001.csv")).hasContent("rows of 1");
  }

  /** Readers see the old one or the new one; who comes late does not bring the old one back. */
  @Test
  void oneFileIsReplaced() throws Exception {
    write(1);
    Files.writeString(data.resolve("x.csv"), "old");
    Publisher late = publisher(file(), 1);

    assertThat(publisher(file(), 1).publish()).isEqualTo(5);
    assertThat(data.resolve("x.csv")).hasContent("rows of 0");

    Files.writeString(data.resolve("x.csv"), "newer");
    assertThat(late.publish()).isEqualTo(5);
    assertThat(data.resolve("x.csv")).hasContent("newer");
    assertThat(all()).containsExactly("x.csv");
  }

  @Test
  void aDirectoryIsNotReplacedByAFile() throws Exception {
    write(1);
    Files.createDirectories(data.resolve("x.csv/sub"));
    assertThatThrownBy(() -> publisher(file(), 1).publish())
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("is a directory");
    assertThat(data.resolve("x.csv/sub")).exists();
  }

  /** Of statements whose executors never came back. */
  @Test
  void whatIsAbandonedIsSwept() throws Exception {
    write(1);
    Path abandoned = Files.createDirectories(data.resolve(".mangonel-j0/0.0"));
    Path young = Files.createDirectories(data.resolve(".mangonel-j2/0.0"));
    Files.writeString(abandoned.resolve("rows"), "old");
    Files.writeString(young.resolve("rows"), "new");
    FileTime longAgo = FileTime.fromMillis(System.currentTimeMillis() - Staging.ABANDONED_MS - 1);
    for (Path path :
        List.of(abandoned.resolve("rows"), abandoned, data.resolve(".mangonel-j0"), young, data)) {
      Files.setLastModifiedTime(path, longAgo);
    }

    publisher(file(), 1).publish();

    assertThat(all()).containsExactly(".mangonel-j2/0.0/rows", "x.csv");
    assertThat(data.resolve(".mangonel-j0")).doesNotExist();
  }

  @Test
  void aFullDirectoryIsRefusedOrReplaced() throws Exception {
    write(2);
    Files.createDirectories(data.resolve("dir/g=1"));
    Files.writeString(data.resolve("dir/g=1/old.csv"), "old");
    assertThatThrownBy(() -> publisher(files(IfExists.REFUSE), 2).publish())
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("not empty");
    assertThat(data.resolve("dir/g=1/old.csv")).exists();

    publisher(files(IfExists.OVERWRITE), 2).publish();
    assertThat(all()).containsExactly("dir/j1-00000.csv", "dir/j1-00001.csv");
    assertThat(data.resolve("dir/g=1")).doesNotExist();
  }

  /** An attempt that slept while another did all, and the directory got other files since. */
  @Test
  void whoComesLateRemovesNothing() throws Exception {
    write(1);
    Publisher late = publisher(files(IfExists.OVERWRITE), 1);
    publisher(files(IfExists.OVERWRITE), 1).publish();
    Files.writeString(data.resolve("dir/later.csv"), "of another statement");

    late.publish();

    assertThat(all()).containsExactly("dir/j1-00000.csv", "dir/later.csv");
  }

  @Test
  void saysWhoDoesNotSeeWhoseFile() throws Exception {
    assertThatThrownBy(() -> publisher(files(IfExists.APPEND), 1).publish())
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("executor e1 does not see")
        .hasMessageContaining("executor e2 wrote")
        .hasMessageContaining("--data-dirs");
    assertThat(all()).isEmpty();
  }

  @Test
  void staysInTheDataDirectories() {
    var outside =
        new WriteTarget(
            directory + "/x.csv", false, IfExists.OVERWRITE, directory.toString(), "csv");
    assertThatThrownBy(() -> new Staging(outside, JOB, List.of(data)))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("--data-dirs");
  }
}
