package io.mangonel.flightsql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStatusCode;
import org.junit.jupiter.api.Test;

class HandleTest {
  private static final byte[] JOB =
      "{\"kind\":\"job\",\"id\":\"j1\"}".getBytes(StandardCharsets.UTF_8);

  @Test
  void whatIsWrittenIsRead() {
    for (Handle handle :
        List.of(
            new Handle.Job("j1", true),
            new Handle.Rows(List.of("a"), List.of(List.of("1"), List.of(""))),
            new Handle.Prepared("SELECT ?", "", Arrays.asList("BIGINT", null), List.of()),
            new Handle.Poll("j1", "c2NoZW1h", false))) {
      assertThat(Handle.decode(handle.encode(), Handle.class)).isEqualTo(handle);
    }
  }

  @Test
  void aHandleOfAnotherKindIsRefused() {
    assertRefused(new Handle.Job("j1", true).encode(), Handle.Prepared.class);
  }

  @Test
  void whatAnEarlierVersionDidNotWriteIsFalseAndWhatEveryOneWritesIsRequired() throws IOException {
    ByteString earlier = ByteString.copyFrom(ForgedTickets.deflated(JOB, 1));
    assertThat(Handle.decode(earlier, Handle.Job.class)).isEqualTo(new Handle.Job("j1", false));
    byte[] nameless = "{\"kind\":\"job\",\"ahead\":true}".getBytes(StandardCharsets.UTF_8);
    assertRefused(ByteString.copyFrom(ForgedTickets.deflated(nameless, 1)), Handle.class);
  }

  @Test
  void aSmallOneThatStandsForVeryMuchIsRefused() throws IOException {
    ByteString allowed = ByteString.copyFrom(ForgedTickets.deflated(JOB, 1));
    assertThat(Handle.decode(allowed, Handle.class)).isEqualTo(new Handle.Job("j1", false));
    int moreMib = 1 + (int) (Limits.HANDLE_BYTES_MAX >> 20);
    ByteString bomb = ByteString.copyFrom(ForgedTickets.deflated(JOB, moreMib));
    assertThat(bomb.size()).isLessThan(Limits.TICKET_BYTES_MAX);
    assertRefused(bomb, Handle.class);
  }

  private static void assertRefused(ByteString handle, Class<? extends Handle> type) {
    assertThatThrownBy(() -> Handle.decode(handle, type))
        .isInstanceOfSatisfying(
            FlightRuntimeException.class,
            e -> {
              assertThat(e.status().code()).isEqualTo(FlightStatusCode.INVALID_ARGUMENT);
              assertThat(e.status().description()).contains("not made by Mangonel");
            });
  }
}
