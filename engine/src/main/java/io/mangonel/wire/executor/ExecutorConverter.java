package io.mangonel.wire.executor;

import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.JobId;
import io.mangonel.core.task.TaskLaunch;
import io.mangonel.wire.GraphConverter;
import io.mangonel.wire.HostPort;
import io.mangonel.wire.executor.ExecutorMessages.JobAdoption;
import io.mangonel.wire.executor.ExecutorMessages.JobEpoch;
import io.mangonel.wire.executor.ExecutorMessages.JobInventory;
import io.mangonel.wire.executor.ExecutorMessages.JobRemoval;
import io.mangonel.wire.executor.ExecutorMessages.LaunchBatch;
import io.mangonel.wire.executor.ExecutorMessages.Peer;
import io.mangonel.wire.executor.ExecutorMessages.PlanBytes;
import io.mangonel.wire.executor.ExecutorMessages.SlotAnswer;
import io.mangonel.wire.executor.ExecutorMessages.SlotRequest;
import io.mangonel.wire.executor.ExecutorMessages.TaskCancel;
import io.mangonel.wire.proto.AdoptJobsRequest;
import io.mangonel.wire.proto.AdoptJobsResponse;
import io.mangonel.wire.proto.CancelTasksRequest;
import io.mangonel.wire.proto.LaunchTasksRequest;
import io.mangonel.wire.proto.LaunchTasksResponse;
import io.mangonel.wire.proto.LaunchTasksResponse.Answer;
import io.mangonel.wire.proto.RemoveJobDataRequest;
import io.mangonel.wire.proto.ReserveSlotsRequest;
import io.mangonel.wire.proto.ReserveSlotsResponse;
import java.util.List;

/** The messages of the executor's service as records and back; see {@link GraphConverter}. */
public final class ExecutorConverter {
  private ExecutorConverter() {}

  public static ReserveSlotsRequest write(SlotRequest request) {
    return ReserveSlotsRequest.newBuilder()
        .setTarget(request.target().value())
        .setScheduler(request.scheduler().value())
        .setRequest(request.request())
        .setWanted(request.wanted())
        .setTtlMs(request.ttlMs())
        .build();
  }

  public static SlotRequest read(ReserveSlotsRequest request) {
    return new SlotRequest(
        new Incarnation(request.getTarget()),
        new Incarnation(request.getScheduler()),
        request.getRequest(),
        request.getWanted(),
        request.getTtlMs());
  }

  public static ReserveSlotsResponse write(SlotAnswer answer) {
    return ReserveSlotsResponse.newBuilder()
        .setRequest(answer.request())
        .addAllGranted(GraphConverter.writeReservations(answer.granted()))
        .setWaiting(answer.waiting())
        .build();
  }

  public static SlotAnswer read(ReserveSlotsResponse response) {
    return new SlotAnswer(
        response.getRequest(),
        GraphConverter.readReservations(response.getGrantedList()),
        response.getWaiting());
  }

  public static LaunchTasksRequest write(LaunchBatch batch) {
    LaunchTasksRequest.Builder builder =
        LaunchTasksRequest.newBuilder()
            .setTarget(batch.target().value())
            .setScheduler(batch.scheduler().value())
            .addAllLaunches(batch.launches().stream().map(GraphConverter::write).toList());
    for (PlanBytes plan : batch.plans()) {
      builder.addPlans(
          LaunchTasksRequest.Plan.newBuilder()
              .setJob(plan.job().value())
              .setStage(plan.stage())
              .setPlan(GraphConverter.write(plan.plan())));
    }
    for (Peer peer : batch.peers()) {
      builder.addPeers(
          LaunchTasksRequest.Peer.newBuilder()
              .setExecutor(peer.executor().value())
              .setHost(peer.address().host())
              .setPort(peer.address().port()));
    }
    return builder.build();
  }

  public static LaunchBatch read(LaunchTasksRequest request) {
    return new LaunchBatch(
        new Incarnation(request.getTarget()),
        new Incarnation(request.getScheduler()),
        request.getLaunchesList().stream().map(GraphConverter::read).toList(),
        request.getPlansList().stream().map(ExecutorConverter::read).toList(),
        request.getPeersList().stream().map(ExecutorConverter::read).toList());
  }

  private static PlanBytes read(LaunchTasksRequest.Plan plan) {
    return new PlanBytes(
        new JobId(plan.getJob()), plan.getStage(), GraphConverter.read(plan.getPlan()));
  }

  private static Peer read(LaunchTasksRequest.Peer peer) {
    return new Peer(
        new ExecutorId(peer.getExecutor()), new HostPort(peer.getHost(), peer.getPort()));
  }

  public static LaunchTasksResponse writeAnswers(List<TaskLaunch.Answer> answers) {
    return LaunchTasksResponse.newBuilder()
        .addAllAnswers(answers.stream().map(ExecutorConverter::write).toList())
        .build();
  }

  private static Answer write(TaskLaunch.Answer answer) {
    Answer.Builder builder = Answer.newBuilder().setId(GraphConverter.write(answer.id()));
    return switch (answer) {
      case TaskLaunch.Answer.Accepted _ -> builder.setKind(Answer.Kind.ACCEPTED).build();
      case TaskLaunch.Answer.StaleEpoch stale ->
          builder.setKind(Answer.Kind.STALE_EPOCH).setHighestEpoch(stale.highestEpoch()).build();
      case TaskLaunch.Answer.Rejected rejected ->
          builder
              .setMessage(rejected.message())
              .setKind(
                  switch (rejected.reason()) {
                    case NO_RESERVATION -> Answer.Kind.NO_RESERVATION;
                    case OTHER_INCARNATION -> Answer.Kind.OTHER_INCARNATION;
                    case OUTBOX_FULL -> Answer.Kind.OUTBOX_FULL;
                    case CANCELLED -> Answer.Kind.CANCELLED;
                  })
              .build();
    };
  }

  public static List<TaskLaunch.Answer> readAnswers(LaunchTasksResponse response) {
    return response.getAnswersList().stream().map(ExecutorConverter::read).toList();
  }

  private static TaskLaunch.Answer read(Answer answer) {
    return switch (answer.getKind()) {
      case ACCEPTED -> new TaskLaunch.Answer.Accepted(GraphConverter.read(answer.getId()));
      case STALE_EPOCH ->
          new TaskLaunch.Answer.StaleEpoch(
              GraphConverter.read(answer.getId()), answer.getHighestEpoch());
      case NO_RESERVATION -> rejected(answer, TaskLaunch.Reason.NO_RESERVATION);
      case OTHER_INCARNATION -> rejected(answer, TaskLaunch.Reason.OTHER_INCARNATION);
      case OUTBOX_FULL -> rejected(answer, TaskLaunch.Reason.OUTBOX_FULL);
      case CANCELLED -> rejected(answer, TaskLaunch.Reason.CANCELLED);
      case KIND_UNKNOWN, UNRECOGNIZED ->
          throw new IllegalArgumentException("launch answer of an unknown kind");
    };
  }

  private static TaskLaunch.Answer rejected(Answer answer, TaskLaunch.Reason reason) {
    return new TaskLaunch.Answer.Rejected(
        GraphConverter.read(answer.getId()), reason, answer.getMessage());
  }

  public static CancelTasksRequest write(TaskCancel cancel) {
    return CancelTasksRequest.newBuilder()
        .setTarget(cancel.target().value())
        .setJob(cancel.job().value())
        .setEpoch(cancel.epoch())
        .addAllAttempts(GraphConverter.writeIds(cancel.attempts()))
        .build();
  }

  public static TaskCancel read(CancelTasksRequest request) {
    return new TaskCancel(
        new Incarnation(request.getTarget()),
        new JobId(request.getJob()),
        request.getEpoch(),
        GraphConverter.readIds(request.getAttemptsList()));
  }

  public static AdoptJobsRequest write(JobAdoption adoption) {
    return AdoptJobsRequest.newBuilder()
        .setTarget(adoption.target().value())
        .setScheduler(adoption.scheduler().value())
        .addAllJobs(writeJobs(adoption.jobs()))
        .addAllGone(adoption.gone().stream().map(Incarnation::value).toList())
        .build();
  }

  public static JobAdoption read(AdoptJobsRequest request) {
    return new JobAdoption(
        new Incarnation(request.getTarget()),
        new Incarnation(request.getScheduler()),
        readJobs(request.getJobsList()),
        request.getGoneList().stream().map(Incarnation::new).toList());
  }

  public static AdoptJobsResponse write(JobInventory inventory) {
    return AdoptJobsResponse.newBuilder()
        .addAllJobs(inventory.jobs().stream().map(JobId::value).toList())
        .addAllRefused(writeJobs(inventory.refused()))
        .addAllRunning(GraphConverter.writeIds(inventory.running()))
        .addAllEnded(inventory.ended().stream().map(GraphConverter::write).toList())
        .build();
  }

  public static JobInventory read(AdoptJobsResponse response) {
    return new JobInventory(
        response.getJobsList().stream().map(JobId::new).toList(),
        readJobs(response.getRefusedList()),
        GraphConverter.readIds(response.getRunningList()),
        response.getEndedList().stream().map(GraphConverter::read).toList());
  }

  public static RemoveJobDataRequest write(JobRemoval removal) {
    return RemoveJobDataRequest.newBuilder()
        .setTarget(removal.target().value())
        .setJob(removal.job().value())
        .setEpoch(removal.epoch())
        .build();
  }

  public static JobRemoval read(RemoveJobDataRequest request) {
    return new JobRemoval(
        new Incarnation(request.getTarget()), new JobId(request.getJob()), request.getEpoch());
  }

  private static io.mangonel.wire.proto.JobEpoch write(JobEpoch job) {
    return io.mangonel.wire.proto.JobEpoch.newBuilder()
        .setJob(job.job().value())
        .setEpoch(job.epoch())
        .build();
  }

  private static List<io.mangonel.wire.proto.JobEpoch> writeJobs(List<JobEpoch> jobs) {
    return jobs.stream().map(ExecutorConverter::write).toList();
  }

  private static List<JobEpoch> readJobs(List<io.mangonel.wire.proto.JobEpoch> jobs) {
    return jobs.stream().map(job -> new JobEpoch(new JobId(job.getJob()), job.getEpoch())).toList();
  }
}
