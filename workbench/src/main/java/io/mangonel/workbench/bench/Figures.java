package io.mangonel.workbench.bench;

import java.util.Arrays;
import java.util.List;

/** The arithmetic of the reports. */
final class Figures {
  private Figures() {}

  /** Of an even number of values, the mean of the middle two. */
  static double median(List<Double> values) {
    double[] sorted = sorted(values);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** The smallest value that at least this share of the values does not exceed. */
  static double percentile(List<Double> values, double share) {
    double[] sorted = sorted(values);
    int rank = (int) Math.ceil(share * sorted.length);
    return sorted[Math.clamp(rank, 1, sorted.length) - 1];
  }

  /** Of values above 0. */
  static double geometricMean(List<Double> values) {
    return Math.exp(values.stream().mapToDouble(Math::log).average().orElseThrow());
  }

  private static double[] sorted(List<Double> values) {
    if (values.isEmpty()) {
      throw new IllegalArgumentException("no values");
    }
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
    Arrays.sort(sorted);
    return sorted;
  }
}
