package io.mangonel.scheduler.store;

import io.mangonel.core.task.JobId;
import io.mangonel.state.Keyspace;
import io.mangonel.state.StateBackend;
import io.mangonel.state.StateBackend.Entry;
import io.mangonel.state.StateBackend.Page;
import java.util.ArrayList;
import java.util.List;

/**
 * What a scheduler looks at again and again.
 *
 * @param cancelMarks jobs whose end somebody wants
 * @param survey of some jobs, where there are many: enough to begin with when their owner dies
 */
public record Look(List<StoredState.Scheduler> schedulers, List<JobId> cancelMarks, Survey survey) {
  public Look {
    schedulers = List.copyOf(schedulers);
    cancelMarks = List.copyOf(cancelMarks);
  }

  static Look of(StateBackend backend, StoredState stored) {
    List<Page> pages = new ArrayList<>(Survey.PAGES);
    pages.add(Page.first(Keyspace.CANCELS, "", StoredState.SCAN_LIMIT));
    List<List<Entry>> found = backend.scanAll(pages);
    List<Entry> schedulers = found.get(2);
    List<Entry> marks = found.get(4);
    return new Look(
        schedulers.size() == StoredState.SCAN_LIMIT
            ? stored.schedulers()
            : schedulers.stream().map(StoredState::scheduler).toList(),
        marks.size() == StoredState.SCAN_LIMIT
            ? stored.cancelMarks()
            : marks.stream().map(mark -> new JobId(mark.key())).toList(),
        Survey.of(found));
  }
}
