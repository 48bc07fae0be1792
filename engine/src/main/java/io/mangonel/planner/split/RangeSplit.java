package io.mangonel.planner.split;

import io.mangonel.planner.ir.DataType;
import io.mangonel.planner.stage.KeyRanges;
import io.mangonel.planner.stage.StageInput.FileSlice;
import java.util.List;

/**
 * A table divided by ranges of a key.
 *
 * @param column the key
 * @param slices which files each task reads, whole or cut
 */
public record RangeSplit(
    String column, DataType type, KeyRanges ranges, List<List<FileSlice>> slices) {
  public RangeSplit {
    slices = slices.stream().map(List::copyOf).toList();
  }
}
