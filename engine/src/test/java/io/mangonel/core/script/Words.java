package io.mangonel.core.script;

import io.mangonel.core.Bytes;
import io.mangonel.core.graph.EdgeKind;
import io.mangonel.core.graph.StageEdge;
import io.mangonel.core.graph.StageKind;
import io.mangonel.core.graph.StageSpec;
import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.ExecutorReservation;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.JobId;
import io.mangonel.core.task.OutputFile;
import io.mangonel.core.task.TaskAttemptId;
import io.mangonel.core.task.TaskOutput;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The words of a command line: positional ones and {@code name=value}. */
record Words(List<String> words) {
  private static final Pattern ATTEMPT =
      Pattern.compile("(\\w+)/(\\d+)\\.(\\d+)/(\\d+)\\.(\\d+)@(\\d+):(.+)");

  static Words of(String line) {
    return new Words(Arrays.asList(line.split(" ")));
  }

  String at(int index) {
    return words.get(index);
  }

  long number(int index) {
    return Long.parseLong(words.get(index));
  }

  String named(String name, String otherwise) {
    return words.stream()
        .filter(word -> word.startsWith(name + "="))
        .map(word -> word.substring(name.length() + 1))
        .findFirst()
        .orElse(otherwise);
  }

  /** The positional words from {@code index} on. */
  List<String> from(int index) {
    return words.subList(Math.min(index, words.size()), words.size()).stream()
        .filter(word -> !word.contains("="))
        .toList();
  }

  JobId job(int index) {
    return new JobId(at(index));
  }

  /** Of {@code e1#2}: e1. */
  ExecutorId executor(int index) {
    return new ExecutorId(at(index).split("#", -1)[0]);
  }

  Incarnation incarnation(int index) {
    return new Incarnation(at(index));
  }

  List<ExecutorReservation> reservations(int index, long expiresAtMs) {
    return from(index + 1).stream().map(id -> reservation(this, index, id, expiresAtMs)).toList();
  }

  /** An id that begins with {@code lane} is of the lane. */
  static ExecutorReservation reservation(Words w, int index, String id, long expiresAtMs) {
    return new ExecutorReservation(
        id,
        w.executor(index),
        w.incarnation(index),
        Optional.of(w.named("job", "")).filter(j -> !j.isEmpty()).map(JobId::new),
        expiresAtMs,
        id.startsWith("lane"));
  }

  static TaskAttemptId attempt(String text) {
    var m = ATTEMPT.matcher(text);
    if (!m.matches()) {
      throw new IllegalArgumentException("no attempt id: " + text);
    }
    return new TaskAttemptId(
        new JobId(m.group(1)),
        Integer.parseInt(m.group(2)),
        Integer.parseInt(m.group(3)),
        Integer.parseInt(m.group(4)),
        Long.parseLong(m.group(6)),
        new Incarnation(m.group(7)),
        Integer.parseInt(m.group(5)));
  }

  List<TaskAttemptId> attempts(int index) {
    return from(index).stream().map(Words::attempt).toList();
  }

  static TaskOutput output(TaskAttemptId id) {
    var file = new OutputFile(OutputFile.ALL_PARTITIONS, id.toString(), 10, 100, 7);
    return new TaskOutput(List.of(file), Bytes.EMPTY, 10, 100);
  }

  /**
   * {@code 0:2,1:1<0H}: stage 0 of two tasks; stage 1 of one, by hash. {@code !}: not
   * deterministic. {@code 1:2w} writes files, {@code 2:1p} publishes them.
   */
  static List<StageSpec> stages(String text) {
    var stages = new ArrayList<StageSpec>();
    for (String stage : text.split(",", -1)) {
      String[] sides = stage.replace("!", "").split("<", -1);
      String[] head = sides[0].split(":", -1);
      var inputs = new ArrayList<StageEdge>();
      if (sides.length > 1) {
        for (String input : sides[1].split("\\+", -1)) {
          EdgeKind kind =
              switch (input.charAt(input.length() - 1)) {
                case 'H' -> EdgeKind.HASH;
                case 'S' -> EdgeKind.SAME;
                default -> EdgeKind.ALL;
              };
          inputs.add(new StageEdge(Integer.parseInt(input.substring(0, input.length() - 1)), kind));
        }
      }
      stages.add(
          new StageSpec(
              Integer.parseInt(head[0]),
              Integer.parseInt(head[1].replaceAll("[wp]$", "")),
              inputs,
              !stage.endsWith("!"),
              kind(head[1])));
    }
    return stages;
  }

  private static StageKind kind(String tasks) {
    return switch (tasks.charAt(tasks.length() - 1)) {
      case 'w' -> StageKind.WRITE;
      case 'p' -> StageKind.PUBLISH;
      default -> StageKind.ROWS;
    };
  }
}
