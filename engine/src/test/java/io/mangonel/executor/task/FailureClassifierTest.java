package io.mangonel.executor.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.mangonel.core.task.Failure;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.JobId;
import io.mangonel.core.task.TaskAttemptId;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every message here is DuckDB 2.0's own. */
final class FailureClassifierTest {
  private static final TaskAttemptId PRODUCER =
      new TaskAttemptId(new JobId("j"), 0, 0, 3, 1, new Incarnation("s"), 0);
  private static final Map<String, TaskAttemptId> SHUFFLE =
      Map.of("/node/inputs/7/0.parquet", PRODUCER);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
      UserError         | Binder Error: Referenced column "nope" not found in FROM clause!
      UserError         | Catalog Error: Table with name nosuch does not exist!
      UserError         | Parser Error: syntax error at or near "SELEC"
      UserError         | Conversion Error: Could not convert string 'x' to INT32
      UserError         | Out of Range Error: Overflow in addition of INT8 (127 + 1)!
      UserError         | Invalid Input Error: More than one row returned by a subquery
      UserError         | Invalid Input Error: No magic bytes found at end of file '/data/a.parquet'
      UserError         | IO Error: No files found that match the pattern "/data/none.parquet"
      UserError         | IO Error: Cannot open file "/data/a.csv": No such file or directory
      UserError         | IO Error: Cannot open file "/data/a.csv": Permission denied
      UserError         | Permission Error: Loading external extensions is disabled
      UserError         | Not implemented Error: Unimplemented cast
      ResourceExhausted | Out of Memory Error: failed to allocate data of size 16.0 MiB (277 used)
      ResourceExhausted | IO Error: Could not write file "/node/spill/x": No space left on device
      ResourceExhausted | IO Error: Cannot open file "/data/a.parquet": Too many open files
      ResourceExhausted | Out of Memory Error: failed to offload data block (max_temp_directory_size)
      Io                | IO Error: Could not read from file "/data/a.parquet": Input/output error
      Io                | INTERNAL Error: Attempted to dereference unique_ptr that is NULL!
      Io                | FATAL Error: Failed: database has been invalidated
      Io                | Connection closed
      FetchFailed       | IO Error: Cannot open file "/node/inputs/7/0.parquet": No such file
      FetchFailed       | Invalid Input Error: No magic bytes found at end of file '/node/inputs/7/0.parquet'
      Killed            | INTERRUPT Error: Interrupted!
      """)
  void kindFollowsFromTheMessage(String kind, String message) {
    Failure failure = FailureClassifier.classify(message, SHUFFLE);
    assertThat(failure.getClass().getSimpleName()).isEqualTo(kind);
    assertThat(failure.message()).isEqualTo(message);
    if (failure instanceof Failure.FetchFailed fetch) {
      assertThat(fetch.producer()).isEqualTo(PRODUCER);
    }
  }

  @Test
  void aForbiddenFileNamesTheSettingThatWouldAllowIt() {
    String message =
        "Permission Error: Cannot access file \"/etc/passwd\" - file system operations are"
            + " disabled by configuration\n\nLINE 1: FROM read_csv('/etc/passwd')";
    assertThat(FailureClassifier.classify(message, SHUFFLE))
        .isEqualTo(
            new Failure.UserError(
                "Permission Error: Cannot access file \"/etc/passwd\" - file system operations"
                    + " are disabled by configuration (allow its directory with --data-dirs)"));
  }

  @Test
  void aValueOfAnyLengthIsQuotedInPart() {
    String value = "x".repeat(2_000_000);
    String message = "Conversion Error: Could not convert string '" + value + "' to INT32";
    Failure failure = FailureClassifier.classify(message, SHUFFLE);
    assertThat(failure).isInstanceOf(Failure.UserError.class);
    assertThat(failure.message())
        .startsWith("Conversion Error: Could not convert string 'xxx")
        .endsWith("xxx... (" + message.length() + " characters in all)")
        .hasSizeLessThan(70_000);
  }

  @Test
  void onlyAFatalErrorEndsTheInstance() {
    assertThat(FailureClassifier.isFatal("FATAL Error: Failed to create checkpoint")).isTrue();
    assertThat(FailureClassifier.isFatal("IO Error: the database has been invalidated")).isTrue();
    assertThat(FailureClassifier.isFatal("INTERNAL Error: Information loss")).isTrue();
    assertThat(FailureClassifier.isFatal("IO Error: a fatal looking one")).isFalse();
  }
}
