package io.mangonel.scheduler.query;

import io.mangonel.core.task.JobId;
import org.jspecify.annotations.Nullable;

/**
 * One line of a list of jobs. Times are milliseconds since 1970.
 *
 * @param startedMs when the plan was ready, or null
 * @param endedMs null while it runs
 * @param epoch how often it was claimed
 * @param tasks of all stages; 0 before it is planned
 * @param doneTasks those that are done
 * @param rows rows of the answer; 0 until it is there
 * @param error why it failed, or null
 */
public record JobSummary(
    JobId id,
    JobState state,
    String sql,
    String principal,
    long submittedMs,
    @Nullable Long startedMs,
    @Nullable Long endedMs,
    long epoch,
    int tasks,
    int doneTasks,
    long rows,
    @Nullable String error) {
  /** The same with what is known of its tasks. */
  JobSummary running(@Nullable Long started, int allTasks, int done) {
    return new JobSummary(
        id,
        state,
        sql,
        principal,
        submittedMs,
        started,
        endedMs,
        epoch,
        allTasks,
        done,
        rows,
        error);
  }
}
