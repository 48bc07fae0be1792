package io.mangonel.scheduler.query;

import io.mangonel.planner.stage.QueryPlan.ResultColumn;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * The rows of a finished job. The caller closes it, which releases what it was read from and lets
 * the job's data go.
 *
 * @param columns the answer's columns, from the bound plan
 * @param rows how many rows the stream holds
 * @param arrow one Arrow IPC stream of these columns in this order; the names of its own schema
 *     mean nothing. Reading may fail with an {@link IOException} when the executor that holds the
 *     rows is lost
 */
public record ResultStream(List<ResultColumn> columns, long rows, InputStream arrow)
    implements AutoCloseable {
  public ResultStream {
    columns = List.copyOf(columns);
  }

  @Override
  public void close() throws IOException {
    arrow.close();
  }
}
