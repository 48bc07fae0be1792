package io.mangonel.cli.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.mangonel.cli.client.AdminReports;
import io.mangonel.cli.client.SchedulerConnection;
import io.mangonel.cli.options.ClientOptions.HostAndPort;
import io.mangonel.cli.options.CommandFailure;
import io.mangonel.flightsql.AdminActions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Who owned a job, as schedulers tell it. */
public final class JobOwners {
  /** By scheduler incarnation, also of those that are dead. */
  private final Map<String, HostAndPort> addresses = new HashMap<>();

  /**
   * One after another.
   *
   * @param scheduler its incarnation
   */
  public record Owner(long epoch, String scheduler, Instant since) {}

  /** Asks the first of these schedulers that answers; the last owner is the present one. */
  public List<Owner> of(List<HostAndPort> schedulers, String job) {
    AdminReports.read(SchedulerConnection.ask(schedulers, AdminActions.SCHEDULERS_LIST, ""))
        .forEach(
            one ->
                addresses.put(
                    one.path("id").asText(), HostAndPort.parse(one.path("address").asText())));
    JsonNode detail =
        AdminReports.read(SchedulerConnection.ask(schedulers, AdminActions.JOBS_SHOW, job));
    List<Owner> owners = new ArrayList<>();
    for (JsonNode owner : detail.path("owners")) {
      Instant since = Instant.ofEpochMilli(owner.path("since_ms").asLong());
      owners.add(new Owner(owner.path("epoch").asLong(), owner.path("scheduler").asText(), since));
    }
    if (owners.isEmpty()) {
      throw CommandFailure.failed("job " + job + " has no owner");
    }
    return owners;
  }

  /** Where an owner serves, or served when somebody was asked while it lived. */
  public HostAndPort address(Owner owner) {
    HostAndPort address = addresses.get(owner.scheduler());
    if (address == null) {
      throw CommandFailure.failed("nobody knows scheduler " + owner.scheduler());
    }
    return address;
  }
}
