package io.mangonel.core.graph;

import io.mangonel.core.RecordReader;
import io.mangonel.core.RecordWriter;
import io.mangonel.core.UnreadableRecordException;

/** The canonical form of the graph's values, as parts of versioned records. */
public final class GraphCodec {
  private GraphCodec() {}

  public static void writeAttemptId(RecordWriter out, TaskAttemptId id) {
    out.text(id.job().value())
        .number(id.stage())
        .number(id.stageAttempt())
        .number(id.partition())
        .number(id.launchEpoch())
        .text(id.launcher().value())
        .number(id.attempt());
  }

  public static TaskAttemptId readAttemptId(RecordReader in) {
    return new TaskAttemptId(
        new JobId(in.text()),
        in.integer(),
        in.integer(),
        in.integer(),
        in.number(),
        new Incarnation(in.text()),
        in.integer());
  }

  public static void writeStage(RecordWriter out, StageSpec stage) {
    out.number(stage.id())
        .number(stage.tasks())
        .list(stage.inputs(), (o, edge) -> o.number(edge.producer()).text(edge.kind().name()))
        .flag(stage.deterministic());
  }

  public static StageSpec readStage(RecordReader in) {
    return new StageSpec(
        in.integer(),
        in.integer(),
        in.list(i -> new StageEdge(i.integer(), EdgeKind.valueOf(i.text()))),
        in.flag());
  }

  public static void writeOutput(RecordWriter out, TaskOutput output) {
    out.list(
            output.files(),
            (o, file) ->
                o.number(file.partition())
                    .text(file.path())
                    .number(file.rows())
                    .number(file.bytes()))
        .bytes(output.inline())
        .number(output.rows())
        .number(output.bytes());
  }

  public static TaskOutput readOutput(RecordReader in) {
    return new TaskOutput(
        in.list(i -> new OutputFile(i.integer(), i.text(), i.number(), i.number())),
        in.bytes(),
        in.number(),
        in.number());
  }

  public static void writeFailure(RecordWriter out, Failure failure) {
    switch (failure) {
      case Failure.UserError(var message) -> out.number(1).text(message);
      case Failure.ResourceExhausted(var message) -> out.number(2).text(message);
      case Failure.Io(var message) -> out.number(3).text(message);
      case Failure.FetchFailed(var producer, var message) -> {
        writeAttemptId(out.number(4), producer);
        out.text(message);
      }
      case Failure.ExecutorLost(var message) -> out.number(5).text(message);
      case Failure.Killed(var message) -> out.number(6).text(message);
      case Failure.LaunchRejected(var message) -> out.number(7).text(message);
      case Failure.InputChanged(var path, var message) -> out.number(8).text(path).text(message);
    }
  }

  public static Failure readFailure(RecordReader in) {
    int kind = in.integer();
    return switch (kind) {
      case 1 -> new Failure.UserError(in.text());
      case 2 -> new Failure.ResourceExhausted(in.text());
      case 3 -> new Failure.Io(in.text());
      case 4 -> new Failure.FetchFailed(readAttemptId(in), in.text());
      case 5 -> new Failure.ExecutorLost(in.text());
      case 6 -> new Failure.Killed(in.text());
      case 7 -> new Failure.LaunchRejected(in.text());
      case 8 -> new Failure.InputChanged(in.text(), in.text());
      default -> throw new UnreadableRecordException("failure of kind " + kind);
    };
  }

  public static void writeTransition(RecordWriter out, GraphTransition transition) {
    switch (transition) {
      case GraphTransition.TaskLaunched(var id, var executor, var incarnation) -> {
        writeAttemptId(out.number(1), id);
        out.text(executor.value()).text(incarnation.value());
      }
      case GraphTransition.TaskSucceeded(var id, var output) -> {
        writeAttemptId(out.number(2), id);
        writeOutput(out, output);
      }
      case GraphTransition.TaskFailed(var id, var failure) -> {
        writeAttemptId(out.number(3), id);
        writeFailure(out, failure);
      }
      case GraphTransition.ExecutorGone(var executor, var incarnation, var kept, var reason) ->
          out.number(4)
              .text(executor.value())
              .text(incarnation.value())
              .list(kept, GraphCodec::writeAttemptId)
              .text(reason);
      case GraphTransition.RowsSent() -> out.number(5);
    }
  }

  public static GraphTransition readTransition(RecordReader in) {
    int kind = in.integer();
    return switch (kind) {
      case 1 ->
          new GraphTransition.TaskLaunched(
              readAttemptId(in), new ExecutorId(in.text()), new Incarnation(in.text()));
      case 2 -> new GraphTransition.TaskSucceeded(readAttemptId(in), readOutput(in));
      case 3 -> new GraphTransition.TaskFailed(readAttemptId(in), readFailure(in));
      case 4 ->
          new GraphTransition.ExecutorGone(
              new ExecutorId(in.text()),
              new Incarnation(in.text()),
              in.list(GraphCodec::readAttemptId),
              in.text());
      case 5 -> new GraphTransition.RowsSent();
      default -> throw new UnreadableRecordException("transition of kind " + kind);
    };
  }
}
