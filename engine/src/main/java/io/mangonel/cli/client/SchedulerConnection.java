package io.mangonel.cli.client;

import io.mangonel.cli.options.ClientOptions.HostAndPort;
import io.mangonel.cli.options.CommandFailure;
import io.mangonel.client.LinkFailures;
import io.mangonel.client.SchedulerLink;
import io.mangonel.flightsql.AdminActions;
import java.io.IOException;
import java.util.List;
import java.util.SortedMap;
import java.util.function.Function;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.vector.VectorSchemaRoot;

/**
 * A command's connection to one scheduler, which tries nothing twice. Its failures are {@link
 * CommandFailure}s.
 */
public final class SchedulerConnection implements AutoCloseable {
  private final HostAndPort address;
  private final SchedulerLink link;

  private SchedulerConnection(HostAndPort address, SchedulerLink link) {
    this.address = address;
    this.link = link;
  }

  /** For a session of its own: what {@code SET} changes lasts as long as this connection. */
  public static SchedulerConnection forStatements(
      HostAndPort address, String session, String directory, SortedMap<String, String> settings) {
    return new SchedulerConnection(
        address, SchedulerLink.forStatements(address.hostPort(), session, directory, settings));
  }

  /** The JSON that the first scheduler in reach answers. */
  public static String ask(List<HostAndPort> addresses, String action, String body) {
    CommandFailure last = CommandFailure.usage("no scheduler named");
    for (HostAndPort address : addresses) {
      try (SchedulerLink link = SchedulerLink.plain(address.hostPort())) {
        return link.ask(action, body);
      } catch (FlightRuntimeException e) {
        last = failure(e, address);
        if (!LinkFailures.isOutOfReach(e)) {
          throw last;
        }
      }
    }
    throw last;
  }

  /** Whether a scheduler is in reach there. */
  public static boolean answers(HostAndPort address) {
    try {
      listJobs(List.of(address));
      return true;
    } catch (CommandFailure e) {
      return false;
    }
  }

  /** The newest jobs, as JSON. */
  public static String listJobs(List<HostAndPort> addresses) {
    return ask(addresses, AdminActions.JOBS_LIST, "");
  }

  /** What takes the batches of an answer. */
  @FunctionalInterface
  public interface BatchReader {
    /** Reads a batch, which is gone after the call. */
    void read(VectorSchemaRoot batch) throws IOException;
  }

  /** Starts a statement; the answer comes with {@link #read}. */
  public FlightInfo execute(String statement) {
    return ask(to -> to.send(statement));
  }

  /** Waits for the end of the job and reads all rows of its answer. */
  public void read(FlightInfo info, BatchReader reader) throws IOException {
    FlightStream stream = ask(to -> to.open(info));
    try {
      while (ask(to -> stream.next())) {
        reader.read(stream.getRoot());
      }
    } finally {
      link.close(stream);
    }
  }

  private <T> T ask(Function<SchedulerLink, T> question) {
    try {
      return question.apply(link);
    } catch (FlightRuntimeException e) {
      throw failure(e, address);
    }
  }

  /** Runs a statement to its end; its rows do not matter. */
  public void run(String statement) throws IOException {
    read(execute(statement), batch -> {});
  }

  /** Asks for the end of a statement; waits only briefly, for the process is about to end. */
  public void cancel(FlightInfo info) {
    // Unheard, it has ended or the scheduler is gone: nothing is left to cancel from here.
    var _ = link.cancel(info);
  }

  private static CommandFailure failure(FlightRuntimeException e, HostAndPort address) {
    return Failures.of(LinkFailures.exception(e, address.hostPort(), ""));
  }

  @Override
  public void close() {
    link.close();
  }
}
