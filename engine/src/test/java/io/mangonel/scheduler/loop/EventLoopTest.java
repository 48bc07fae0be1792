package io.mangonel.scheduler.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mangonel.core.owner.Effect;
import io.mangonel.core.owner.Event;
import io.mangonel.core.owner.Limits;
import io.mangonel.core.owner.SchedulerCore;
import io.mangonel.core.record.Commit;
import io.mangonel.core.record.JobRequest;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.JobId;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EventLoopTest {
  private static final Duration BOUND = Duration.ofMinutes(1);

  private final EventQueue queue = new EventQueue();
  private final List<Commit> commits = new CopyOnWriteArrayList<>();
  private final List<Effect> effects = new CopyOnWriteArrayList<>();
  private final AtomicReference<@Nullable Throwable> fatal = new AtomicReference<>();

  private EventLoop loop() {
    var clock = new Clock();
    return new EventLoop(
        new SchedulerCore(new Incarnation("s1"), 1, Limits.DEFAULTS),
        queue,
        commits::add,
        effects::add,
        new EventLoop.Pace(clock, 60_000),
        _ -> {},
        fatal::set);
  }

  private static Event queued(String id) {
    var request = new JobRequest("SELECT 1", new TreeMap<>(), "/", "", "tester", "2.0", 0, "", 0);
    return new Event.JobQueued(new JobId(id), request);
  }

  @Test
  void whatItHasTakenIsDurableWhenItEndsAndNothingElseIsTaken() throws Exception {
    EventLoop loop = loop();
    loop.start();
    queue.put(queued("j1"));
    await().atMost(BOUND).until(() -> commits.size() == 1);
    queue.put(queued("j2")); // Into the next commit, which waits for the first.
    assertThat(queue.ask(core -> core.job(new JobId("j2")).isPresent())).contains(true);
    Thread closing = Thread.ofPlatform().daemon().start(loop::close);
    await().atMost(BOUND).until(() -> closing.getState() == Thread.State.TIMED_WAITING);
    queue.put(queued("j3"));
    queue.put(new Event.CommitAnswered(commits.getFirst().count(), Commit.Outcome.DONE));
    await().atMost(BOUND).until(() -> commits.size() == 2);
    queue.put(new Event.CommitAnswered(commits.getLast().count(), Commit.Outcome.DONE));
    assertThat(closing.join(BOUND)).isTrue();
    assertThat(effects)
        .filteredOn(Effect.JobAccepted.class::isInstance)
        .containsExactly(
            new Effect.JobAccepted(new JobId("j1")), new Effect.JobAccepted(new JobId("j2")));
    assertThat(commits).hasSize(2);
    assertThat(fatal.get()).isNull();
  }
}
