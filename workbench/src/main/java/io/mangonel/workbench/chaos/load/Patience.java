package io.mangonel.workbench.chaos.load;

import io.mangonel.cli.options.CommandFailure;
import io.mangonel.workbench.contest.Answer;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A try that may hang: drivers may wait for ever for what was cut off. */
final class Patience {
  private static final Duration GIVE_UP_MAX = Duration.ofSeconds(10);

  private Patience() {}

  /**
   * @param giveUp makes the try end; called when it did not within {@code max}
   */
  static Told tried(Callable<Answer> attempt, Duration max, Runnable giveUp) {
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon()
        .name("attempt")
        .start(
            () -> {
              try {
                answer.complete(attempt.call());
              } catch (Exception e) {
                answer.completeExceptionally(e);
              }
            });
    try {
      try {
        return new Told.Rows(answer.get(max.toMillis(), TimeUnit.MILLISECONDS));
      } catch (TimeoutException e) {
        giveUp.run();
        return new Told.Rows(answer.get(GIVE_UP_MAX.toMillis(), TimeUnit.MILLISECONDS));
      }
    } catch (TimeoutException e) {
      return new Told.Nothing();
    } catch (ExecutionException e) {
      @Nullable Throwable cause = e.getCause();
      return new Told.Failed(String.valueOf(cause == null ? e.getMessage() : cause.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CommandFailure.failed("interrupted");
    }
  }
}
