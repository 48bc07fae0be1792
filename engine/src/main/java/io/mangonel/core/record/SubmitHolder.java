package io.mangonel.core.record;

import io.mangonel.core.task.JobId;

/**
 * Another submit was first under a new job's idempotency key (rule D6).
 *
 * @param job the one that could not be created
 * @param holder the job that has the key
 * @param sameRequest whether both ask for the same
 */
public record SubmitHolder(JobId job, JobId holder, boolean sameRequest) {}
