package io.mangonel.cli.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which task attempts executors ran, from what each of them logged: what ran twice is counted where
 * it ran, not where it was scheduled.
 */
public final class TaskRuns {
  private static final Pattern TIME =
      Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3} ");

  private static final Pattern LINE =
      Pattern.compile(
          "^(\\S+) INFO .* AgentEffects: task ((.+)/(\\d+)\\.\\d+/(\\d+)\\.\\d+@\\d+:(\\S+))"
              + " (starts|succeeded|failed).*$");

  private static final Pattern ADOPTION =
      Pattern.compile(
          "^(\\S+) INFO .* AgentEffects: adopted by a scheduler: (\\d+) jobs, (\\d+) tasks running,"
              + " (\\d+) ended$");

  private static final Pattern GIVEN_UP =
      Pattern.compile("^(\\S+) INFO .* JobHistories: job (\\S+) gives up (.*)$");

  /** The reason that no finished work may be lost for: what it had made is still there. */
  private static final Pattern RESTARTED = Pattern.compile("executor \\S+ restarted(\\s.*)?$");

  private final List<Run> runs;

  /** An owner gave up outputs of a job, and says why. */
  public record GivenUp(Instant time, String job, String why) {
    /** Whether finished work may have been done again because of it. */
    public boolean isFor(Run again) {
      return job.equals(again.job())
          && !RESTARTED.matcher(why).find()
          && !time.isAfter(again.startedAt());
    }
  }

  /** A new scheduler asked an executor what it has of some jobs. */
  public record Adoption(Instant time, int running, int ended) {}

  /**
   * One attempt on one executor.
   *
   * @param attempt its id
   * @param launcher the scheduler incarnation that launched it
   * @param endedAt null while it runs, and for ever when its process was killed
   */
  public record Run(
      String job,
      int stage,
      int partition,
      String attempt,
      String launcher,
      Instant startedAt,
      @Nullable Instant endedAt,
      boolean succeeded) {
    private boolean succeededBefore(Instant time) {
      return succeeded && endedAt != null && !endedAt.isAfter(time);
    }

    private boolean isSameTask(Run other) {
      return job.equals(other.job) && stage == other.stage && partition == other.partition;
    }

    private Run ended(Instant time, boolean success) {
      return new Run(job, stage, partition, attempt, launcher, startedAt, time, success);
    }
  }

  private TaskRuns(List<Run> runs) {
    this.runs = runs;
  }

  /** From the logs of every life of every executor; of one that is being written, what is there. */
  public static TaskRuns read(List<Path> logs) {
    List<Run> all = new ArrayList<>();
    for (Path log : logs) {
      Map<String, Run> ofOne = new LinkedHashMap<>();
      lines(log).forEach(line -> take(line, ofOne));
      all.addAll(ofOne.values());
    }
    all.sort(Comparator.comparing(Run::startedAt));
    return new TaskRuns(all);
  }

  private static void take(String line, Map<String, Run> runs) {
    Matcher matcher = LINE.matcher(line);
    if (!matcher.matches()) {
      return;
    }
    Instant time = time(matcher.group(1));
    String attempt = matcher.group(2);
    String what = matcher.group(7);
    if (what.equals("starts")) {
      int stage = Integer.parseInt(matcher.group(4));
      int partition = Integer.parseInt(matcher.group(5));
      String launcher = matcher.group(6);
      runs.put(
          attempt,
          new Run(matcher.group(3), stage, partition, attempt, launcher, time, null, false));
    } else {
      runs.computeIfPresent(attempt, (_, run) -> run.ended(time, what.equals("succeeded")));
    }
  }

  /** Those of the executor that wrote this log. */
  public static List<Adoption> adoptions(Path log) {
    List<Adoption> adoptions = new ArrayList<>();
    for (String line : lines(log)) {
      Matcher matcher = ADOPTION.matcher(line);
      if (matcher.matches()) {
        int running = Integer.parseInt(matcher.group(3));
        int ended = Integer.parseInt(matcher.group(4));
        adoptions.add(new Adoption(time(matcher.group(1)), running, ended));
      }
    }
    return adoptions;
  }

  /** What owners gave up, from the logs of schedulers. */
  public static List<GivenUp> givenUp(List<Path> logs) {
    List<GivenUp> all = new ArrayList<>();
    for (Path log : logs) {
      for (String line : lines(log)) {
        Matcher matcher = GIVEN_UP.matcher(line);
        if (matcher.matches()) {
          all.add(new GivenUp(time(matcher.group(1)), matcher.group(2), matcher.group(3)));
        }
      }
    }
    return all;
  }

  /** The time that begins a log line. */
  private static Instant time(String text) {
    return LocalDateTime.parse(text).atZone(ZoneId.systemDefault()).toInstant();
  }

  /** When the lines of a log were written, by the clock of who wrote them. */
  public static List<Instant> times(Path log) {
    return lines(log).stream()
        .filter(line -> TIME.matcher(line).lookingAt())
        .map(line -> time(line.substring(0, line.indexOf(' '))))
        .toList();
  }

  /** Whole lines of a log; the last one may be cut off by a kill. */
  public static List<String> lines(Path log) {
    try {
      return new String(Files.readAllBytes(log), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Only those of one job. */
  public TaskRuns of(String job) {
    return new TaskRuns(runs.stream().filter(run -> run.job().equals(job)).toList());
  }

  /** By their start. */
  public List<Run> runs() {
    return List.copyOf(runs);
  }

  /** Attempts of tasks that had succeeded before: work that was done twice. */
  public long finishedRerun() {
    return count(run -> earlier(run).anyMatch(other -> other.succeededBefore(run.startedAt())));
  }

  /**
   * Attempts of tasks that had succeeded before for the same owner, in jobs whose owners had given
   * up nothing by then but what a restarted executor did not offer: what rule T12 forbids. A new
   * owner asks each executor what it has, and goes on after two seconds without one that is being
   * started again just then. Without the last stage of each job: a small answer is kept by nobody
   * until its owner has it.
   */
  public List<Run> finishedRerunWithoutReason(List<GivenUp> reasons) {
    return runs.stream()
        .filter(
            run ->
                earlier(run)
                    .filter(other -> other.launcher().equals(run.launcher()))
                    .anyMatch(other -> other.succeededBefore(run.startedAt())))
        .filter(run -> of(run.job()).runs.stream().anyMatch(other -> other.stage() > run.stage()))
        .filter(run -> reasons.stream().noneMatch(reason -> reason.isFor(run)))
        .toList();
  }

  /** Attempts of tasks that had been started before, and had not succeeded. */
  public long unfinishedRerun() {
    return count(
        run ->
            earlier(run).findAny().isPresent()
                && earlier(run).noneMatch(other -> other.succeededBefore(run.startedAt())));
  }

  private Stream<Run> earlier(Run run) {
    return runs.stream()
        .takeWhile(other -> !other.attempt().equals(run.attempt()))
        .filter(other -> other.isSameTask(run));
  }

  private long count(Predicate<Run> which) {
    return runs.stream().filter(which).count();
  }

  /** Attempts that had started and not ended at that time. */
  public List<Run> runningAt(Instant time) {
    return runs.stream()
        .filter(run -> !run.startedAt().isAfter(time))
        .filter(run -> run.endedAt() == null || run.endedAt().isAfter(time))
        .toList();
  }

  /** The scheduler incarnations that have launched something. */
  public Set<String> launchers() {
    return runs.stream().map(Run::launcher).collect(Collectors.toSet());
  }

  /** The first attempt that one of other launchers than {@code launchers} has started. */
  public Optional<Run> firstOfOthers(Set<String> launchers) {
    return runs.stream().filter(run -> !launchers.contains(run.launcher())).findFirst();
  }
}
