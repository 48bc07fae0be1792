package io.mangonel.flightsql;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.protobuf.ByteString;
import io.mangonel.core.task.JobId;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
import org.apache.arrow.flight.CallStatus;
import org.jspecify.annotations.Nullable;

/**
 * What a client holds between two calls. It has all that the second call needs, so any scheduler
 * can serve it. Compressed JSON.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Handle.Job.class, name = "job"),
  @JsonSubTypes.Type(value = Handle.Rows.class, name = "rows"),
  @JsonSubTypes.Type(value = Handle.Prepared.class, name = "prepared"),
  @JsonSubTypes.Type(value = Handle.Poll.class, name = "poll")
})
sealed interface Handle {
  /** A ticket for a job's answer. */
  record Job(String id) implements Handle {
    JobId jobId() {
      return new JobId(id);
    }
  }

  /** A ticket that is the answer: texts, by row. */
  record Rows(List<String> columns, List<List<String>> rows) implements Handle {
    public Rows {
      columns = List.copyOf(columns);
      rows = rows.stream().map(List::copyOf).toList();
    }
  }

  /**
   * A prepared statement.
   *
   * @param session in which it was prepared; empty for none
   * @param types one for each parameter, null where DuckDB takes any
   * @param values of the parameters as SQL; none before they are bound
   */
  record Prepared(String sql, String session, List<@Nullable String> types, List<String> values)
      implements Handle {
    public Prepared {
      types = Collections.unmodifiableList(new ArrayList<>(types));
      values = List.copyOf(values);
    }

    Prepared withValues(List<String> bound) {
      return new Prepared(sql, session, types, bound);
    }
  }

  /**
   * A job whose end a client asks for now and then.
   *
   * @param schema of its rows: an Arrow schema message in base 64
   */
  record Poll(String id, String schema) implements Handle {
    JobId jobId() {
      return new JobId(id);
    }
  }

  default ByteString encode() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DeflaterOutputStream compressed = new DeflaterOutputStream(bytes)) {
      Json.MAPPER.writeValue(compressed, this);
    } catch (IOException e) {
      throw new IllegalStateException("cannot write a handle", e);
    }
    if (bytes.size() > Limits.TICKET_BYTES_MAX) {
      throw CallStatus.RESOURCE_EXHAUSTED
          .withDescription(
              "the statement or its answer takes more than "
                  + Limits.TICKET_BYTES_MAX
                  + " bytes in a ticket")
          .toRuntimeException();
    }
    return ByteString.copyFrom(bytes.toByteArray());
  }

  /** Refuses what is not a handle of kind {@code type} as the client's error. */
  static <T extends Handle> T decode(ByteString handle, Class<T> type) {
    try (InflaterInputStream json =
        new InflaterInputStream(new ByteArrayInputStream(handle.toByteArray()))) {
      return type.cast(Json.MAPPER.readValue(json, Handle.class));
    } catch (IOException | ClassCastException e) {
      throw CallStatus.INVALID_ARGUMENT
          .withDescription("this ticket or handle was not made by Mangonel")
          .withCause(e)
          .toRuntimeException();
    }
  }

  /** How handles are written. */
  final class Json {
    private static final JsonMapper MAPPER =
        JsonMapper.builder()
            .disable(
                com.fasterxml.jackson.databind.DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private Json() {}
  }
}
