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
 * @param readOnly whether running it changes nothing but its own result
 * @param small whether it is estimated to be so little work that it may use the lane
 */
public record JobPlan(List<StageSpec> stages, Bytes body, boolean readOnly, boolean small) {
  public JobPlan {
    stages = List.copyOf(stages);
  }

  /** One of which nothing is promised. */
  public JobPlan(List<StageSpec> stages, Bytes body) {
    this(stages, body, false, false);
  }

  /** Whether its job is launched and answered ahead of the store (rule D12). */
  public boolean light() {
    return readOnly && stages.size() == 1 && stages.getFirst().tasks() == 1;
  }
}
