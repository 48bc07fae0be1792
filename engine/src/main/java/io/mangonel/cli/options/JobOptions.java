package io.mangonel.cli.options;

import io.mangonel.core.owner.Limits;
import io.mangonel.scheduler.SchedulerConfig;
import picocli.CommandLine.Option;

/** What a scheduler does for its jobs: how many at a time, and how long it keeps what they made. */
public final class JobOptions {
  @Option(
      names = "--retention",
      paramLabel = "TIME",
      defaultValue = "10m",
      description =
          "How long the result of a job is kept after its end, or after it was last read."
              + " Default: ${DEFAULT-VALUE}.")
  private String retention = "10m";

  @Option(
      names = "--running-jobs",
      paramLabel = "N",
      defaultValue = "1000",
      description =
          "Jobs that run at a time; further ones wait, those of the session with the fewest running"
              + " first. Small queries never wait. Default: ${DEFAULT-VALUE}.")
  private int running = 1_000;

  @Option(
      names = "--queued-jobs",
      paramLabel = "N",
      defaultValue = "5000",
      description =
          "Jobs that wait so; further statements are turned away, to be tried again later."
              + " Default: ${DEFAULT-VALUE}.")
  private int queued = 5_000;

  /** In milliseconds. */
  public long retentionMs() {
    return Duration.parseMs("--retention", retention);
  }

  public SchedulerConfig.Jobs jobs() {
    int most = Limits.DEFAULTS.jobsMax();
    if (running < 1 || running > most) {
      throw CommandFailure.usage("--running-jobs must be from 1 to " + most);
    }
    if (queued < 0 || queued > most) {
      throw CommandFailure.usage("--queued-jobs must be from 0 to " + most);
    }
    return new SchedulerConfig.Jobs(running, queued);
  }
}
