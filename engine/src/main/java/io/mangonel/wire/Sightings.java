package io.mangonel.wire;

import io.mangonel.core.suspicion.Sighting;
import io.mangonel.core.task.Incarnation;
import io.mangonel.wire.proto.WitnessSchedulerRequest;
import io.mangonel.wire.proto.WitnessSchedulerResponse;

/** The question to a witness and its answer; see {@link GraphConverter}. */
public final class Sightings {
  private Sightings() {}

  public static WitnessSchedulerRequest request(Incarnation scheduler, HostPort address) {
    return WitnessSchedulerRequest.newBuilder()
        .setScheduler(scheduler.value())
        .setAddress(address.toString())
        .build();
  }

  public static HostPort address(WitnessSchedulerRequest request) {
    return HostPort.parse(request.getAddress())
        .orElseThrow(() -> new IllegalArgumentException("not an address: " + request.getAddress()));
  }

  public static WitnessSchedulerResponse write(Sighting sighting) {
    return WitnessSchedulerResponse.newBuilder()
        .setSighting(
            switch (sighting) {
              case SILENT -> WitnessSchedulerResponse.Sighting.SILENT;
              case ALIVE -> WitnessSchedulerResponse.Sighting.ALIVE;
              case REPLACED -> WitnessSchedulerResponse.Sighting.REPLACED;
              case REFUSED -> WitnessSchedulerResponse.Sighting.REFUSED;
            })
        .build();
  }

  /** What a newer version may say besides proves nothing here. */
  public static Sighting read(WitnessSchedulerResponse response) {
    return switch (response.getSighting()) {
      case SILENT, UNRECOGNIZED -> Sighting.SILENT;
      case ALIVE -> Sighting.ALIVE;
      case REPLACED -> Sighting.REPLACED;
      case REFUSED -> Sighting.REFUSED;
    };
  }
}
