package io.mangonel.client;

import io.mangonel.client.ClientException.Kind;
import io.mangonel.wire.HostPort;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStream;
import org.jspecify.annotations.Nullable;

/**
 * Statements of one session, over as many connections as it takes. While no scheduler is in reach
 * it tries again for a bounded time, one after the other: a statement is sent under its key, so it
 * runs once, and rows are read on from where the connection broke. One thread uses it, but for
 * {@link #interrupt}, {@link #abandon} and {@link #cancel}; its failures are {@link
 * ClientException}s.
 */
public final class ClientSession implements AutoCloseable {
  private final Setup setup;
  private final String session = UUID.randomUUID().toString();
  private final Consumer<String> notices;
  private final SessionMemory memory = new SessionMemory();

  private volatile @Nullable SchedulerLink link;
  private volatile @Nullable Sent running;
  private int address;
  private boolean contacted;

  /** Gets a permit when a pause has to end. */
  private final Semaphore wakes = new Semaphore(0);

  /** The thread that waits for the scheduler to take a statement. */
  private volatile @Nullable Thread sending;

  private volatile boolean interrupted;
  private volatile boolean abandoned;

  /**
   * How it talks.
   *
   * @param addresses schedulers, at least one; the first that answers is asked
   * @param directory what relative paths are relative to, absolute
   * @param settings of all statements
   * @param retryMs how long to try again once a scheduler that was in reach is not any more
   */
  public record Setup(
      List<HostPort> addresses,
      String directory,
      SortedMap<String, String> settings,
      long retryMs) {
    public Setup {
      addresses = List.copyOf(addresses);
    }
  }

  /**
   * @param notices takes one line for a person each time that trying again begins
   */
  public ClientSession(Setup setup, Consumer<String> notices) {
    this.setup = setup;
    this.notices = notices;
  }

  /**
   * The statement that runs.
   *
   * @param info null until the scheduler has answered
   */
  private record Sent(String statement, String key, @Nullable FlightInfo info) {}

  /** Starts a statement. The rows of the one before are not read any more. */
  public QueryResult execute(String statement) {
    interrupted = false;
    abandoned = false;
    wakes.drainPermits();
    String key = UUID.randomUUID().toString();
    running = new Sent(statement, key, null);
    FlightInfo info = sendAnywhere(statement, key, Sends.NONE);
    running = new Sent(statement, key, info);
    return new QueryResult(this, statement, info);
  }

  /** Sends the statement that runs once more, under its key: its job is nowhere. */
  FlightInfo sendAgain() {
    Sent lost = running;
    if (lost == null) {
      throw new IllegalStateException("no statement runs");
    }
    FlightInfo info = sendAnywhere(lost.statement, lost.key, Sends.NONE.another(false));
    running = new Sent(lost.statement, lost.key, info);
    return info;
  }

  /** What one scheduler cannot take now, another may: each is asked once. */
  private FlightInfo sendAnywhere(String statement, String key, Sends earlier) {
    int refusals = 0;
    var before = new AtomicReference<>(earlier);
    while (true) {
      try {
        return exchange("", to -> sendCounting(to, statement, key, before));
      } catch (ClientException e) {
        if (e.kind() != Kind.RETRYABLE || ++refusals >= setup.addresses.size()) {
          throw e;
        }
        disconnect();
      }
    }
  }

  private FlightInfo sendCounting(
      SchedulerLink to, String statement, String key, AtomicReference<Sends> before) {
    try {
      return sendInterruptibly(to, statement, key, before.get());
    } catch (FlightRuntimeException e) {
      boolean broke = LinkFailures.isOutOfReach(e) && !LinkFailures.isRefused(e);
      before.updateAndGet(sends -> sends.another(broke));
      throw e;
    }
  }

  private FlightInfo sendInterruptibly(
      SchedulerLink to, String statement, String key, Sends before) {
    sending = Thread.currentThread();
    try {
      return sendKeepingSession(to, statement, key, before);
    } finally {
      sending = null;
    }
  }

  /** A scheduler that has forgotten the session is told what it was before anything else. */
  private FlightInfo sendKeepingSession(
      SchedulerLink to, String statement, String key, Sends before) {
    try {
      return to.send(statement, key, memory.isChanged(), before);
    } catch (FlightRuntimeException e) {
      if (!LinkFailures.isSessionLost(e)) {
        throw e;
      }
      memory.lost();
    }
    for (String earlier : memory.statements()) {
      FlightStream answer =
          to.open(to.send(earlier, UUID.randomUUID().toString(), false, Sends.NONE));
      try {
        while (answer.next()) {
          answer.getRoot().clear();
        }
      } finally {
        to.close(answer);
      }
      memory.ran(earlier);
    }
    notices.accept(
        "the scheduler had forgotten this session; set again: "
            + (memory.names().isEmpty() ? "nothing" : memory.names()));
    return to.send(statement, key, memory.isChanged(), before.another(false));
  }

  /** All rows of a statement were read. */
  void ended(String statement) {
    running = null;
    memory.ran(statement);
  }

  /** Nobody reads the rows any more. */
  void left() {
    running = null;
  }

  /** Whether {@link #interrupt} was called since the statement began. */
  public boolean isInterrupted() {
    return interrupted;
  }

  /**
   * Asks until there is an answer, for as long as a statement is tried.
   *
   * @param question asked once per connection; has to be harmless when asked twice
   */
  public <T> T ask(Function<SchedulerLink, T> question) {
    return exchange("", question);
  }

  /** Asks once; empty without an answer. */
  public <T> Optional<T> askOnce(Function<SchedulerLink, T> question) {
    try {
      return Optional.of(question.apply(connect()));
    } catch (FlightRuntimeException e) {
      return Optional.empty();
    }
  }

  /** Asks once, if there is a connection; empty without an answer. From any thread. */
  public <T> Optional<T> askNow(Function<SchedulerLink, T> question) {
    SchedulerLink open = link;
    try {
      return open == null ? Optional.empty() : Optional.of(question.apply(open));
    } catch (FlightRuntimeException e) {
      return Optional.empty();
    }
  }

  <T> T exchange(String jobId, Function<SchedulerLink, T> exchange) {
    var patience = new Patience();
    while (true) {
      HostPort asked = setup.addresses.get(address);
      try {
        T answer = exchange.apply(connect());
        contacted = true;
        return answer;
      } catch (FlightRuntimeException e) {
        if (abandoned) {
          // A send that was interrupted leaves its mark on the thread.
          var _ = Thread.interrupted();
          disconnect();
          throw new ClientException(
              Kind.ABANDONED,
              "not waiting any longer; the statement may still run: see 'mangonel jobs list'",
              jobId,
              e);
        }
        if (!LinkFailures.isOutOfReach(e)) {
          contacted = true;
          throw LinkFailures.exception(e, asked, jobId);
        }
        disconnect();
        patience.use(e, asked, jobId);
      }
    }
  }

  /** How long one exchange is tried again. */
  private final class Patience {
    private long brokenNs;
    private long pauseMs = ClientLimits.PAUSE_MIN_MS;
    private int failures;

    /** Returns when the next try is due; throws the failure when there is none. */
    void use(FlightRuntimeException e, HostPort asked, String jobId) {
      contacted |= !LinkFailures.isRefused(e);
      failures++;
      if (!contacted) {
        // Nobody has ever answered: only another address is worth a try.
        if (failures >= setup.addresses.size()) {
          throw LinkFailures.exception(e, asked, jobId);
        }
        return;
      }
      long nowNs = System.nanoTime();
      if (brokenNs == 0) {
        brokenNs = nowNs;
        if (setup.retryMs > 0) {
          notices.accept(
              "the scheduler at %s does not answer; trying again for up to %d s"
                  .formatted(asked, TimeUnit.MILLISECONDS.toSeconds(setup.retryMs)));
        }
      }
      if (nowNs - brokenNs >= TimeUnit.MILLISECONDS.toNanos(setup.retryMs)) {
        throw LinkFailures.exception(e, asked, jobId);
      }
      if (failures >= setup.addresses.size()) {
        pause();
      }
    }

    private void pause() {
      try {
        var _ = wakes.tryAcquire(pauseMs, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new ClientException(
            Kind.ABANDONED, "interrupted while no scheduler was in reach", "", e);
      }
      pauseMs = Math.min(ClientLimits.PAUSE_MAX_MS, 2 * pauseMs);
    }
  }

  private SchedulerLink connect() {
    SchedulerLink open = link;
    if (open == null) {
      open = newLink(setup.addresses.get(address));
      link = open;
    }
    return open;
  }

  private SchedulerLink newLink(HostPort to) {
    return SchedulerLink.forStatements(to, session, setup.directory, setup.settings);
  }

  /** The next exchange goes to the next address. */
  private void disconnect() {
    SchedulerLink open = link;
    link = null;
    address = (address + 1) % setup.addresses.size();
    if (open != null) {
      open.close();
    }
  }

  /**
   * Stops reading the answer, if it is being read, and asks for the end of the statement; from any
   * thread, and only for a short time.
   */
  public void interrupt() {
    interrupted = true;
    if (link == null) {
      abandon();
    } else {
      cancel();
    }
  }

  /** Stops waiting for whatever is waited for, whatever comes of the statement; from any thread. */
  public void abandon() {
    abandoned = true;
    wakes.release();
    SchedulerLink open = link;
    if (open != null) {
      open.abandon();
    }
    Thread sender = sending;
    if (sender != null) {
      sender.interrupt();
    }
  }

  /**
   * Asks for the end of the statement that runs, of any scheduler that answers; from any thread,
   * and only for a short time.
   */
  public void cancel() {
    Sent sent = running;
    if (sent == null) {
      return;
    }
    SchedulerLink open = link;
    if (open != null && cancelled(open, sent)) {
      return;
    }
    for (HostPort other : setup.addresses) {
      if (open == null || !other.equals(open.address())) {
        try (SchedulerLink brief = newLink(other)) {
          if (cancelled(brief, sent)) {
            return;
          }
        }
      }
    }
  }

  private static boolean cancelled(SchedulerLink at, Sent sent) {
    FlightInfo info = sent.info;
    if (info == null) {
      // Perhaps it runs already, and only the answer is on its way: its key names it.
      info = at.sendBriefly(sent.statement, sent.key).orElse(null);
    }
    return info != null && at.cancel(info);
  }

  @Override
  public void close() {
    SchedulerLink open = link;
    link = null;
    if (open != null) {
      open.close();
    }
  }
}
