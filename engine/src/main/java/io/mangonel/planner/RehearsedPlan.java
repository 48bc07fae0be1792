package io.mangonel.planner;

import io.mangonel.core.Bytes;
import io.mangonel.planner.stage.EngineSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The entry point of a process that plans one statement and ends: whether it survives that is all
 * that is asked of it (rule T14).
 */
public final class RehearsedPlan {
  private RehearsedPlan() {}

  /**
   * Standard input has the encoded {@link PlanRequest}. Exit code 0 when it could be planned, or
   * was rejected.
   *
   * @param dataDirectories as {@link Planner#open} takes them
   */
  public static void main(String[] dataDirectories) throws IOException, InterruptedException {
    Bytes input = Bytes.of(System.in.readAllBytes());
    Thread planning =
        Thread.ofPlatform()
            .stackSize(EngineSettings.STACK_BYTES)
            .uncaughtExceptionHandler((_, _) -> System.exit(1))
            .start(() -> plan(PlanRequest.decode(input), dataDirectories));
    planning.join();
    System.exit(0);
  }

  private static void plan(PlanRequest request, String[] dataDirectories) {
    try (Planner planner = Planner.open(Arrays.stream(dataDirectories).map(Path::of).toList())) {
      var _ = planner.plan(request);
    }
  }
}
