package io.mangonel.workbench.chaos.load;

import io.mangonel.cli.options.ClientOptions.HostAndPort;
import io.mangonel.tpch.TpchGenerator;
import io.mangonel.workbench.chaos.record.Findings;
import io.mangonel.workbench.chaos.record.History;
import io.mangonel.workbench.contest.Answer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Clients that ask without an end, each one thing after another, until they are told to stop. */
public final class Load implements AutoCloseable {
  private static final Duration ANSWER_MAX = Duration.ofMinutes(4);
  private static final long PAUSE_MIN_MS = 100;
  private static final int PAUSE_RANGE_MS = 900;
  private static final int CANCEL_MAX_MS = 2_000;

  private final Questions questions;
  private final Doors doors;
  private final List<HostAndPort> addresses;
  private final Path data;
  private final Duration retention;
  private final Tally tally = new Tally();
  private final Findings findings;
  private final History history;
  private final Set<String> accepted = ConcurrentHashMap.newKeySet();
  private final List<Thread> clients = new ArrayList<>();
  private final CountDownLatch stopping = new CountDownLatch(1);

  /**
   * Asks plain DuckDB for the answers.
   *
   * @param drivers where the stock JDBC driver's jar is
   * @param retention how long the cluster keeps results
   */
  public Load(
      Path data,
      Path spill,
      Path drivers,
      List<HostAndPort> addresses,
      Duration retention,
      Findings findings,
      History history) {
    this.retention = retention;
    this.questions = Questions.prepare(data, spill);
    this.doors = new Doors(data, drivers, accepted::add);
    this.addresses = List.copyOf(addresses);
    this.data = data;
    this.findings = findings;
    this.history = history;
  }

  public boolean hasJdbc() {
    return doors.hasJdbc();
  }

  public Tally tally() {
    return tally;
  }

  /** Jobs that some client was told the id of. */
  public Set<String> accepted() {
    return Set.copyOf(accepted);
  }

  /** Makes the views that all questions use. */
  public void createViews() {
    for (String view : TpchGenerator.createViews(data)) {
      untilRight("view", () -> doors.session(view, Map.of(), addresses), Optional.empty());
    }
  }

  /** Starts clients; each asks what the seed says, at times that are its own. */
  public void start(int number, long seed) {
    for (int i = 0; i < number; i++) {
      int client = i;
      Random random = new Random(seed * 31 + i);
      clients.add(
          Thread.ofPlatform().daemon().name("client-" + i).start(() -> askOn(client, random)));
    }
  }

  private void askOn(int client, Random random) {
    try {
      for (int i = 0; !stopping.await(pauseMs(random), TimeUnit.MILLISECONDS); i++) {
        askOne("c" + client + "_" + i, random);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException bug) {
      findings.add("client " + client + " failed by a bug of its own: " + bug);
    }
  }

  private static long pauseMs(Random random) {
    return PAUSE_MIN_MS + random.nextInt(PAUSE_RANGE_MS);
  }

  private void askOne(String name, Random random) {
    List<HostAndPort> order = new ArrayList<>(addresses);
    Collections.shuffle(order, random);
    int what = random.nextInt(10);
    if (what == 0) {
      cancelled(order, random);
    } else if (what == 1) {
      view(name, order, random);
    } else if (what == 2) {
      twice(name, order, random);
    } else if (what <= 4 && doors.hasJdbc()) {
      Question question = questions.counting(random);
      untilRight(
          "stock JDBC",
          () -> doors.jdbc(question.sql(), order.get(random.nextInt(order.size()))),
          Optional.of(question.expected()));
    } else {
      Question question = questions.next(random);
      untilRight(
          question.kind(),
          () -> doors.session(question.sql(), question.settings(), order),
          Optional.of(question.expected()));
    }
  }

  private void cancelled(List<HostAndPort> order, Random random) {
    Question question = questions.longOne();
    Instant start = Instant.now();
    Told told =
        doors.cancelled(question.sql(), question.settings(), order, random.nextInt(CANCEL_MAX_MS));
    tally.asked("cancel");
    switch (told) {
      case Told.Rows(Answer answer) -> check("cancel", start, answer, question.expected());
      case Told.Failed failed -> {
        tally.ended("cancel", failed.message().contains("cancel"));
        tally.told("cancel: " + failed.shortened());
      }
      case Told.Nothing() -> tally.told("cancel: (nothing; gave up)");
    }
  }

  /** A view made through one scheduler is there for all of them. */
  private void view(String name, List<HostAndPort> order, Random random) {
    String create = "CREATE OR REPLACE VIEW chaos_" + name + " AS SELECT * FROM ";
    Question question = questions.counting(random);
    untilRight(
        "create view",
        () -> doors.session(create + "(" + question.sql() + ")", Map.of(), order),
        Optional.empty());
    List<HostAndPort> others = order.reversed();
    untilRight(
        "read view",
        () -> doors.session("SELECT * FROM chaos_" + name, Map.of(), others),
        Optional.of(question.expected()));
    untilRight(
        "drop view",
        () -> doors.session("DROP VIEW IF EXISTS chaos_" + name, Map.of(), order),
        Optional.empty());
  }

  /** The same statement under one key through two schedulers at once is one job. */
  private void twice(String name, List<HostAndPort> order, Random random) {
    Question question = questions.next(random);
    String key = name + "-" + Long.toHexString(random.nextLong());
    HostAndPort other = order.get(random.nextInt(3));
    Map<String, Set<String>> told = new ConcurrentHashMap<>(); // Jobs, by key.
    Thread second = Thread.ofPlatform().daemon().start(() -> keyed(question, key, other, told));
    keyed(question, key, order.getFirst(), told);
    join(second);
    told.forEach(
        (under, jobs) -> {
          if (jobs.size() > 1) {
            findings.add("one key, two jobs: " + String.join(" and ", jobs) + ", key " + under);
          }
        });
  }

  /** Under its key it is one job for ever: when that failed, it takes another key. */
  private void keyed(
      Question question, String key, HostAndPort address, Map<String, Set<String>> told) {
    AtomicInteger failedJobs = new AtomicInteger();
    Supplier<Told> attempt =
        () -> {
          String under = key + "-" + failedJobs;
          Set<String> jobs = told.computeIfAbsent(under, _ -> new ConcurrentSkipListSet<>());
          Told outcome = doors.keyed(question, under, address, jobs::add);
          if (outcome instanceof Told.Failed && jobs.stream().anyMatch(doors.failedAt(addresses))) {
            failedJobs.incrementAndGet();
          }
          return outcome;
        };
    untilRight("same key", attempt, Optional.of(question.expected()));
  }

  private static void join(Thread thread) {
    try {
      thread.join(ANSWER_MAX);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Sends again as long as it is told to. */
  private void untilRight(String kind, Supplier<Told> attempt, Optional<Answer> expected) {
    Instant start = Instant.now();
    tally.asked(kind);
    while (true) {
      switch (attempt.get()) {
        case Told.Rows(Answer answer) -> {
          expected.ifPresentOrElse(
              right -> check(kind, start, answer, right), () -> right(kind, start));
          return;
        }
        case Told.Failed failed -> {
          tally.told(kind + ": " + failed.shortened());
          if (failed.isTooLate()) {
            // Under a key it is the same job for ever.
            tooLate(kind, start);
            return;
          }
          if (failed.isFinal()) {
            findings.add(kind + ", an error that sending again cannot help: " + failed.message());
            return;
          }
        }
        case Told.Nothing() -> tally.told(kind + ": (nothing; gave up)");
      }
      tally.again(kind);
      if (Duration.between(start, Instant.now()).compareTo(ANSWER_MAX) > 0) {
        findings.add(kind + ": no answer within " + ANSWER_MAX.toSeconds() + " s");
        return;
      }
      pause();
    }
  }

  private void tooLate(String kind, Instant start) {
    Duration asked = Duration.between(start, Instant.now());
    if (asked.compareTo(retention) < 0) {
      findings.add(kind + ": its result was not kept, " + asked + " after it was first asked for");
    } else {
      tally.late(kind);
    }
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(PAUSE_MIN_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void check(String kind, Instant start, Answer answer, Answer expected) {
    Optional<String> difference = answer.differenceTo(expected);
    if (difference.isPresent()) {
      findings.add("a wrong answer, " + kind + ": " + difference.get());
      history.add(History.Kind.WRONG, "clients", start, Instant.now(), kind);
    } else {
      right(kind, start);
    }
  }

  private void right(String kind, Instant start) {
    tally.right(kind);
    history.add(History.Kind.ANSWER, "clients", start, Instant.now(), kind);
  }

  /** Lets every client finish what it asks. */
  public void stop() {
    stopping.countDown();
    Instant until = Instant.now().plus(ANSWER_MAX);
    for (Thread client : clients) {
      Duration left = Duration.between(Instant.now(), until);
      try {
        if (!client.join(left.isNegative() ? Duration.ofMillis(1) : left)) {
          findings.add(client.getName() + " still waits for an answer");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void close() {
    stopping.countDown();
    clients.forEach(Thread::interrupt);
  }
}
