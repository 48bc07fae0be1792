package io.mangonel.planner.split;

import static org.assertj.core.api.Assertions.assertThat;

import io.mangonel.planner.cost.TableSource;
import io.mangonel.planner.cost.TableSource.SourceFile;
import io.mangonel.planner.cost.TableSource.TableStatistics;
import io.mangonel.planner.stage.StageInput.Column;
import io.mangonel.planner.stage.StageInput.FileSlice;
import io.mangonel.planner.stage.StageInput.RowRange;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ScanSplitsTest {
  @Test
  void balancesWholeFilesByBytes() {
    TableSource source =
        source("", file("a", 100), file("b", 10), file("c", 60), file("d", 50), file("e", 5));
    assertThat(ScanSplits.divided(source, 2))
        .containsExactly(
            List.of(whole("a"), whole("b"), whole("e")), List.of(whole("c"), whole("d")));
  }

  @Test
  void cutsABigFileAtRowGroups() {
    TableSource source = source("", file("big", 1000, 10L, 10L, 10L, 5L), file("small", 10, 3L));
    assertThat(ScanSplits.divided(source, 2))
        .containsExactly(
            List.of(range("big", 0, 19)), List.of(range("big", 20, 34), whole("small")));
  }

  @Test
  void everyRowIsInExactlyOneTask() {
    for (int tasks = 1; tasks <= 7; tasks++) {
      TableSource source = source("", file("x", 900, 7L, 1L, 1L, 30L, 2L, 2L), file("y", 1, 4L));
      boolean[] seen = new boolean[43];
      for (List<FileSlice> slices : ScanSplits.divided(source, tasks)) {
        for (FileSlice slice : slices) {
          if (slice.path().equals("x")) {
            RowRange range = slice.range() == null ? new RowRange(0, 42) : slice.range();
            for (long row = range.first(); row <= range.last(); row++) {
              assertThat(seen[(int) row]).as("row %s twice", row).isFalse();
              seen[(int) row] = true;
            }
          }
        }
      }
      assertThat(seen).doesNotContain(false);
    }
  }

  @Test
  void keepsFilesOfDifferentColumnsTogether() {
    TableSource source = source(", union_by_name = true", file("a", 100, 5L, 5L), file("b", 100));
    assertThat(ScanSplits.parts(source)).isEqualTo(1);
    assertThat(ScanSplits.divided(source, 3))
        .containsExactly(List.of(whole("a"), whole("b")), List.of(), List.of());
  }

  private static TableSource source(String options, SourceFile... files) {
    return new TableSource(
        "t",
        "read_parquet",
        options,
        List.of(new Column("a", "INTEGER")),
        List.of(files),
        new TableStatistics(1, new TreeMap<>()));
  }

  private static SourceFile file(String path, long bytes, Long... rowGroups) {
    return new SourceFile(path, bytes, 0, List.of(rowGroups));
  }

  private static FileSlice whole(String path) {
    return new FileSlice(path, null);
  }

  private static FileSlice range(String path, long first, long last) {
    return new FileSlice(path, new RowRange(first, last));
  }
}
