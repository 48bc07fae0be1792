package io.mangonel.core.record;

import io.mangonel.core.Bytes;
import io.mangonel.core.graph.StageSpec;
import java.util.ArrayList;
import java.util.Arrays;
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

  /** The body in pieces of at most {@code size} bytes. */
  public List<Bytes> chunks(int size) {
    byte[] all = body.toByteArray();
    var chunks = new ArrayList<Bytes>();
    for (int from = 0; from < all.length; from += size) {
      chunks.add(Bytes.of(Arrays.copyOfRange(all, from, Math.min(all.length, from + size))));
    }
    return chunks;
  }
}
