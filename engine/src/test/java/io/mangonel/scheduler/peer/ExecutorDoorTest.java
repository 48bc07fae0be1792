package io.mangonel.scheduler.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mangonel.core.suspicion.Sighting;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.JobId;
import io.mangonel.scheduler.loop.Clock;
import io.mangonel.scheduler.loop.EventQueue;
import io.mangonel.state.StateException;
import io.mangonel.wire.Reply;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** What executors are told. */
class ExecutorDoorTest {
  private static final List<JobId> ASKED = List.of(new JobId("a"), new JobId("b"));

  private static ExecutorDoor door(UnaryOperator<List<JobId>> knownJobs) {
    return new ExecutorDoor(
        new ExecutorDoor.Host(
            new Incarnation("s-1"),
            "v2.0.0",
            List::of,
            knownJobs,
            _ -> {},
            (_, _) -> Sighting.SILENT),
        new Clock(),
        new EventQueue(),
        new ExecutorDirectory(),
        new StatusWaits(),
        new PollWaits());
  }

  @Test
  void aJobThatTheStoreDoesNotHaveIsNotKnown() {
    assertThat(door(jobs -> List.of(jobs.getFirst())).knownJobs(ASKED))
        .containsExactly(new JobId("a"));
  }

  /** It is no bug of ours, and an executor that drops files because of it would be one. */
  @Test
  void nothingIsSaidOfJobsWhileTheStoreIsSilent() {
    ExecutorDoor door =
        door(
            _ -> {
              throw new StateException("etcd does not answer");
            });
    assertThatThrownBy(() -> door.knownJobs(ASKED))
        .isInstanceOf(Reply.Rejection.class)
        .hasMessage("etcd does not answer");
  }
}
