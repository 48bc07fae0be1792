package io.mangonel.flightsql;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.DeflaterOutputStream;
import org.apache.arrow.flight.sql.impl.FlightSql.TicketStatementQuery;

/** Tickets that somebody else made. */
final class ForgedTickets {
  private ForgedTickets() {}

  /** In the form of Flight SQL. */
  static byte[] of(byte[] handle) {
    var ticket =
        TicketStatementQuery.newBuilder().setStatementHandle(ByteString.copyFrom(handle)).build();
    return Any.pack(ticket).toByteArray();
  }

  /** Compressed, with so many mebibytes of spaces before it. */
  static byte[] deflated(byte[] bytes, int spacesMib) throws IOException {
    var compressed = new ByteArrayOutputStream();
    try (var out = new DeflaterOutputStream(compressed)) {
      byte[] spaces = " ".repeat(1 << 20).getBytes(StandardCharsets.UTF_8);
      for (int i = 0; i < spacesMib; i++) {
        out.write(spaces);
      }
      out.write(bytes);
    }
    return compressed.toByteArray();
  }
}
