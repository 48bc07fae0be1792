package io.mangonel.planner.cost;

/**
 * What an exchange costs, in nanoseconds of CPU of all tasks together. The figures were measured on
 * TPC-H with DuckDB 2.0: moving rows between stages is writing and reading Parquet files.
 *
 * @param tasks how many tasks a partitioned stage has
 */
public record CostModel(int tasks) {
  /** Writing one value to one file. */
  private static final double WRITE_NS = 12;

  /** Writing one value to a file per partition. */
  private static final double WRITE_PARTITIONED_NS = 40;

  private static final double READ_NS = 5;

  /** One row into a join's hash table, in every task that builds it. */
  private static final double BUILD_NS = 80;

  /** Hashing a row and telling its partition. */
  private static final double PARTITION_ROW_NS = 60;

  /** One value of an input file. */
  private static final double SCAN_NS = 9;

  /** Binding, starting and ending a stage. */
  private static final double STAGE_NS = 6e6;

  /** Beyond this many rows a hash table in every task is out of the question. */
  private static final double BROADCAST_ROWS_MAX = 40e6;

  /** An alternative that is legal but the last resort. */
  private static final double PROHIBITIVE_NS = 1e15;

  /** Every task gets all rows and builds a hash table of them. */
  public double broadcast(Estimate estimate) {
    if (estimate.rows() > BROADCAST_ROWS_MAX) {
      return PROHIBITIVE_NS;
    }
    double columns = columns(estimate);
    return STAGE_NS
        + estimate.rows() * columns * WRITE_NS
        + tasks * estimate.rows() * (columns * READ_NS + BUILD_NS);
  }

  /**
   * Every task reads the input files itself instead of getting the rows from a stage.
   *
   * @param scannedRows rows of the files
   * @param scannedColumns columns read of them
   */
  public double replicate(double scannedRows, int scannedColumns, Estimate estimate) {
    return (tasks - 1) * scannedRows * Math.max(1, scannedColumns) * SCAN_NS
        + tasks * estimate.rows() * BUILD_NS;
  }

  /** Each task gets its part of the rows. */
  public double hash(Estimate estimate) {
    return STAGE_NS
        + estimate.rows()
            * (columns(estimate) * (WRITE_PARTITIONED_NS + READ_NS) + PARTITION_ROW_NS);
  }

  /** The smaller side's hash table, built once over all tasks. */
  public double build(Estimate left, Estimate right) {
    return Math.min(left.rows(), right.rows()) * BUILD_NS;
  }

  /** The hash table of a side that is in every task already. */
  public double buildEverywhere(Estimate estimate) {
    return tasks * estimate.rows() * BUILD_NS;
  }

  /** Both sides to one task: always possible, never wanted. */
  public double gather(Estimate left, Estimate right) {
    return PROHIBITIVE_NS
        + left.rows() * columns(left) * WRITE_NS
        + right.rows() * columns(right) * WRITE_NS;
  }

  /** Reading input files once. */
  public static double scan(double rows, int columns) {
    return rows * Math.max(1, columns) * SCAN_NS;
  }

  private static double columns(Estimate estimate) {
    return Math.max(1, estimate.columns().size());
  }
}
