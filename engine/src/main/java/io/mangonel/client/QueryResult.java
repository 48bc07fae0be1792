package io.mangonel.client;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a statement, batch by batch. When the connection breaks the rest comes from another
 * scheduler, each row once and in order: a result is the same each time it is read, so what was
 * taken before is passed over. One thread reads it; {@link #cancel} may be called from any.
 */
public final class QueryResult implements AutoCloseable {
  private final ClientSession session;
  private final String statement;
  private FlightInfo info;

  private @Nullable SchedulerLink from;
  private @Nullable FlightStream stream;
  private @Nullable VectorSchemaRoot batch;
  private @Nullable VectorSchemaRoot slice;
  private long takenRows;
  private long seenRows;
  private boolean begun;
  private boolean ended;

  QueryResult(ClientSession session, String statement, FlightInfo info) {
    this.session = session;
    this.statement = statement;
    this.info = info;
  }

  /** The id of the job; empty for a statement that needed none, like {@code SET}. */
  public String jobId() {
    byte[] id = info.getAppMetadata();
    return id == null ? "" : new String(id, StandardCharsets.UTF_8);
  }

  /** The columns; none for a statement that only changes something. */
  public Schema schema() {
    return info.getSchemaOptional().orElse(new Schema(List.of()));
  }

  /** As the scheduler answered. */
  public FlightInfo info() {
    return info;
  }

  /**
   * Goes to the next batch, and at first waits for the end of the job.
   *
   * @return false at the end
   * @throws ClientException when the job has failed, or nobody answers for too long
   */
  public boolean next() {
    if (ended) {
      return false;
    }
    release();
    boolean more = advanceOrSendAgain();
    begun = true;
    if (!more) {
      ended = true;
      closeStream();
      session.ended(statement);
    }
    return more;
  }

  /** A job that went with its scheduler, before any row of it came, is started once more. */
  private boolean advanceOrSendAgain() {
    for (int again = 0; ; again++) {
      try {
        return session.exchange(jobId(), this::advance);
      } catch (ClientException e) {
        boolean lost =
            e.getCause() instanceof FlightRuntimeException failure
                && LinkFailures.isNeverStored(failure);
        if (!lost || takenRows > 0 || again == ClientLimits.SENDINGS_AGAIN_MAX) {
          throw e;
        }
        info = session.sendAgain();
      }
    }
  }

  private boolean advance(SchedulerLink link) {
    try {
      FlightStream open = stream;
      if (open == null) {
        open = link.open(info);
        from = link;
        stream = open;
        seenRows = 0;
      }
      while (open.next()) {
        VectorSchemaRoot root = open.getRoot();
        int rows = root.getRowCount();
        int known = (int) Math.min(rows, takenRows - seenRows);
        seenRows += rows;
        if (known < rows || rows == 0) {
          takenRows = Math.max(takenRows, seenRows);
          slice = known == 0 ? null : root.slice(known, rows - known);
          batch = slice == null ? root : slice;
          return true;
        }
      }
      return false;
    } catch (RuntimeException | Error e) {
      closeStream(); // Before its connection.
      throw e;
    }
  }

  /**
   * The batch that {@link #next} went to; it is gone with the next call, or when this is closed.
   */
  public VectorSchemaRoot batch() {
    VectorSchemaRoot current = batch;
    if (current == null) {
      throw new IllegalStateException("there is no batch: call next() first");
    }
    return current;
  }

  /** All rows that are left, each a value per column as Arrow gives it. */
  public List<List<@Nullable Object>> readAll() {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    while (next()) {
      for (int row = 0; row < batch().getRowCount(); row++) {
        List<@Nullable Object> values = new ArrayList<>();
        for (FieldVector vector : batch().getFieldVectors()) {
          values.add(vector.getObject(row));
        }
        rows.add(values);
      }
    }
    return rows;
  }

  /** Asks for the end of the job; whoever reads then gets a {@link ClientException}. */
  public void cancel() {
    session.cancel();
  }

  private void release() {
    batch = null;
    VectorSchemaRoot sliced = slice;
    slice = null;
    if (sliced != null) {
      sliced.close();
    }
  }

  private void closeStream() {
    release();
    FlightStream open = stream;
    SchedulerLink link = from;
    stream = null;
    from = null;
    if (open != null && link != null) {
      link.close(open);
    }
  }

  /** Ends reading, and leaves the job as it is. */
  public void leave() {
    closeStream();
    session.left();
  }

  /** Ends reading. A job of which no row has come is asked to end. */
  @Override
  public void close() {
    closeStream();
    if (!begun) {
      session.cancel();
    }
    session.left();
  }
}
