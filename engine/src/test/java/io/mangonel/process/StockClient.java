package io.mangonel.process;

import io.mangonel.cli.options.ClientOptions.HostAndPort;
import io.mangonel.flightsql.ClientHeaders;
import org.apache.arrow.flight.CallOption;
import org.apache.arrow.flight.FlightCallHeaders;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.HeaderCallOption;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.sql.FlightSqlClient;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/** The Flight SQL client as it is published, in a session that it names. */
final class StockClient implements AutoCloseable {
  private final BufferAllocator allocator = new RootAllocator();
  private final FlightSqlClient client;
  private final CallOption session;

  StockClient(HostAndPort scheduler, String session) {
    FlightCallHeaders headers = new FlightCallHeaders();
    headers.insert(ClientHeaders.SESSION, session);
    this.session = new HeaderCallOption(headers);
    Location location = Location.forGrpcInsecure(scheduler.host(), scheduler.port());
    client = new FlightSqlClient(FlightClient.builder(allocator, location).build());
  }

  FlightInfo start(String sql) {
    return client.execute(sql, session);
  }

  /** Reads to the end; the number of rows. */
  long read(FlightInfo info) {
    long rows = 0;
    FlightStream stream = client.getStream(info.getEndpoints().getFirst().getTicket(), session);
    while (stream.next()) {
      rows += stream.getRoot().getRowCount();
    }
    close(stream);
    return rows;
  }

  @Override
  public void close() {
    close(client);
    allocator.close();
  }

  private static void close(AutoCloseable open) {
    try {
      open.close();
    } catch (Exception e) {
      throw new IllegalStateException("cannot close " + open, e);
    }
  }
}
