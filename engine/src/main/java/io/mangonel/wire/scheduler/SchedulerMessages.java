package io.mangonel.wire.scheduler;

import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.ExecutorReservation;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.TaskAttemptId;
import io.mangonel.core.task.TaskStatus;
import io.mangonel.wire.HostPort;
import io.mangonel.wire.executor.ExecutorEndpoint;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What executors say to schedulers, and the answers. A reservation in any message has the time that
 * is left in place of the time of its end: see {@link #sent} and {@link #received}.
 */
public final class SchedulerMessages {
  private SchedulerMessages() {}

  /** The reservation as it goes into a message. */
  public static ExecutorReservation sent(ExecutorReservation held, long nowMs) {
    return held.endingAt(held.expiresAtMs() - nowMs);
  }

  /** The reservation of a message by the clock of whoever got it. */
  public static ExecutorReservation received(ExecutorReservation sent, long nowMs) {
    return sent.endingAt(nowMs + sent.expiresAtMs());
  }

  /**
   * Who answers at an address.
   *
   * @param schedulers every scheduler known, the answering one included
   */
  public record SchedulerDescription(Incarnation scheduler, List<HostPort> schedulers) {
    public SchedulerDescription {
      schedulers = List.copyOf(schedulers);
    }
  }

  /** Whether schedulers send work or the executor asks for it. */
  public enum Mode {
    PUSH,
    PULL
  }

  /**
   * An executor introduces itself.
   *
   * @param memoryBytes DuckDB's limit
   * @param engineVersion DuckDB's version, as {@code version()} gives it
   * @param outputs attempts whose finished output is still served
   */
  public record Registration(
      ExecutorId executor,
      Incarnation incarnation,
      HostPort address,
      int slots,
      int threads,
      long memoryBytes,
      String engineVersion,
      Mode mode,
      List<TaskAttemptId> outputs) {
    public Registration {
      outputs = List.copyOf(outputs);
    }
  }

  public sealed interface RegistrationAnswer {
    /**
     * @param schedulers every scheduler known, the answering one included
     */
    record Accepted(Incarnation scheduler, List<HostPort> schedulers)
        implements RegistrationAnswer {
      public Accepted {
        schedulers = List.copyOf(schedulers);
      }
    }

    /** It can never be accepted as it is, say because of another DuckDB version. */
    record Refused(String message) implements RegistrationAnswer {}
  }

  /**
   * @param attempts what runs, and what ended and waits for its acknowledgement
   */
  public record HeartbeatMessage(
      ExecutorId executor, Incarnation incarnation, List<TaskAttemptId> attempts, int freeSlots) {
    public HeartbeatMessage {
      attempts = List.copyOf(attempts);
    }
  }

  /**
   * @param registered false: the executor has to register again
   */
  public record HeartbeatAnswer(
      Incarnation scheduler, boolean registered, List<HostPort> schedulers) {
    public HeartbeatAnswer {
      schedulers = List.copyOf(schedulers);
    }
  }

  /**
   * An executor takes no more tasks.
   *
   * @param gone it runs none any more, and ends
   */
  public record Departure(ExecutorId executor, Incarnation incarnation, boolean gone) {}

  public record StatusUpdate(
      ExecutorId executor, Incarnation incarnation, List<StatusReport> reports) {
    public StatusUpdate {
      reports = List.copyOf(reports);
    }
  }

  /**
   * @param followUp the slot the attempt ran on, held for its job, or null
   */
  public record StatusReport(TaskStatus status, @Nullable ExecutorReservation followUp) {}

  /**
   * @param acknowledged the durable ones; the rest follows by {@link
   *     ExecutorEndpoint#acknowledgeStatuses}, or is reported again
   */
  public record StatusAnswer(List<TaskAttemptId> acknowledged) {
    public StatusAnswer {
      acknowledged = List.copyOf(acknowledged);
    }
  }

  /** Slots granted to the scheduler it is sent to. */
  public record SlotOffer(
      ExecutorId executor, Incarnation incarnation, List<ExecutorReservation> reservations) {
    public SlotOffer {
      reservations = List.copyOf(reservations);
    }
  }

  /**
   * @param declined ids of reservations the scheduler has no use for
   */
  public record OfferAnswer(List<String> declined) {
    public OfferAnswer {
      declined = List.copyOf(declined);
    }
  }
}
