package io.mangonel.flightsql;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
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
import org.apache.arrow.flight.FlightRuntimeException;
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
  /** What the types of its messages are called. */
  String FLIGHT_SQL = "arrow.flight.protocol.sql.";

  /**
   * A ticket for a job's answer.
   *
   * @param ahead it was told before it was stored, and only reads (rule D12): it may be nowhere
   */
  record Job(String id, boolean ahead) implements Handle {
    public Job {
      check(id);
    }

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
   * @param ahead as of {@link Job}
   */
  record Poll(String id, String schema, boolean ahead) implements Handle {
    public Poll {
      check(id);
    }

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

  private static void check(String id) {
    if (id.isBlank()) {
      throw new IllegalArgumentException("a job's id is blank");
    }
  }

  /**
   * Refuses what is not a handle of kind {@code type} as the client's error, also what is small but
   * stands for very much.
   */
  static <T extends Handle> T decode(ByteString handle, Class<T> type) {
    try (InflaterInputStream json =
        new InflaterInputStream(new ByteArrayInputStream(handle.toByteArray()))) {
      @Nullable Handle found = Json.MAPPER.readValue(json, Handle.class);
      if (type.isInstance(found)) {
        return type.cast(found);
      }
      throw foreign();
    } catch (IOException e) {
      throw foreign();
    }
  }

  /** Whether these are a command or a ticket of Flight SQL at all; of whom is not known yet. */
  static boolean isTicket(byte[] bytes) {
    try {
      return Any.parseFrom(bytes).getTypeUrl().contains(FLIGHT_SQL);
    } catch (InvalidProtocolBufferException e) {
      return false;
    }
  }

  /** The answer to a ticket or handle that nobody got from us. */
  static FlightRuntimeException foreign() {
    return CallStatus.INVALID_ARGUMENT
        .withDescription(
            "this ticket or handle was not made by Mangonel: ask for a flight info, or prepare the"
                + " statement again")
        .toRuntimeException();
  }

  /** How handles are written. */
  final class Json {
    private static final JsonMapper MAPPER =
        JsonMapper.builder(
                JsonFactory.builder()
                    .streamReadConstraints(
                        StreamReadConstraints.builder()
                            .maxDocumentLength(Limits.HANDLE_BYTES_MAX)
                            .maxTokenCount(Limits.HANDLE_TOKENS_MAX)
                            .build())
                    .build())
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            // Also of what is missing; a flag that an earlier version did not know is false.
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .build();

    private Json() {}
  }
}
