package io.mangonel.flightsql;

import io.mangonel.web.AdminApi;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.arrow.flight.Action;
import org.apache.arrow.flight.ActionType;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.FlightProducer.StreamListener;
import org.apache.arrow.flight.Result;

/**
 * Actions for those who run a cluster. The body is a job id as UTF-8, or nothing; the answer is one
 * JSON text, the same as that of the REST interface.
 */
public final class AdminActions {
  public static final String JOBS_LIST = "mangonel.jobs.list";
  public static final String JOBS_SHOW = "mangonel.jobs.show";
  public static final String JOBS_CANCEL = "mangonel.jobs.cancel";
  public static final String EXECUTORS_LIST = "mangonel.executors.list";
  public static final String SCHEDULERS_LIST = "mangonel.schedulers.list";
  public static final String ABOUT = "mangonel.about";

  static final List<ActionType> TYPES =
      List.of(
          new ActionType(JOBS_LIST, "The newest jobs first, as JSON"),
          new ActionType(JOBS_SHOW, "One job with its stages, as JSON; body: job id"),
          new ActionType(JOBS_CANCEL, "Asks for the end of a job; body: job id"),
          new ActionType(EXECUTORS_LIST, "The executors, as JSON"),
          new ActionType(SCHEDULERS_LIST, "The schedulers, as JSON"),
          new ActionType(ABOUT, "The scheduler's clock, as JSON"));

  private final AdminApi api;

  AdminActions(AdminApi api) {
    this.api = api;
  }

  static boolean knows(String type) {
    return TYPES.stream().anyMatch(known -> known.getType().equals(type));
  }

  void run(Action action, StreamListener<Result> listener) {
    String body = new String(action.getBody(), StandardCharsets.UTF_8);
    String json =
        Calls.value(
            switch (action.getType()) {
              case JOBS_LIST -> api.jobs();
              case JOBS_SHOW -> api.job(body);
              case JOBS_CANCEL -> api.cancel(body);
              case EXECUTORS_LIST -> api.executors();
              case SCHEDULERS_LIST -> api.schedulers();
              case ABOUT -> api.about();
              default ->
                  throw CallStatus.INVALID_ARGUMENT
                      .withDescription("no action " + action.getType())
                      .toRuntimeException();
            });
    listener.onNext(new Result(json.getBytes(StandardCharsets.UTF_8)));
  }
}
