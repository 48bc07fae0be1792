package io.mangonel.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileProblemTest {
  @TempDir Path directory;

  private static String reason(Path told, ThrowingCallable operation) {
    return FileProblem.reason(told, catchThrowableOfType(IOException.class, operation));
  }

  @Test
  void theReasonIsInWords() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "text");
    Path absent = directory.resolve("absent");
    assertThat(reason(absent, () -> Files.newInputStream(absent).close()))
        .isEqualTo("no such file or directory");
    assertThat(reason(file, () -> Files.createDirectories(file)))
        .isEqualTo("a file of that name is in the way");
    assertThat(reason(directory, () -> Files.delete(directory)))
        .isEqualTo("the directory is not empty");
    assertThat(reason(file, () -> Files.list(file).close())).isEqualTo("not a directory");
  }

  @Test
  void anotherPathIsNamed() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "text");
    Path below = file.resolve("below");
    assertThat(reason(below, () -> Files.createDirectories(file)))
        .isEqualTo("a file of that name is in the way (" + file + ")");
    assertThat(reason(below, () -> Files.writeString(below, ""))).isEqualTo("Not a directory");
  }

  @Test
  void whatHasNoReasonHasItsMessageOrItsName() {
    assertThat(FileProblem.reason(directory, new IOException("Stream closed")))
        .isEqualTo("Stream closed");
    assertThat(FileProblem.reason(directory, new IOException())).isEqualTo("IOException");
  }
}
