package io.mangonel.core.record;

import io.mangonel.core.Bytes;
import io.mangonel.core.graph.StageSpec;
import java.util.List;

/**
 * A planned job.
 *
 * @param stages producers before consumers; the last one is the root
 * @param body the plan that executors run, as the shell encodes it: the core stores it and does not
 *     look inside
 */
public record JobPlan(List<StageSpec> stages, Bytes body) {
  public JobPlan {
    stages = List.copyOf(stages);
  }
}
