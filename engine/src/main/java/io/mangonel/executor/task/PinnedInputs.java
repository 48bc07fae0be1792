package io.mangonel.executor.task;

import io.mangonel.core.task.Failure;
import io.mangonel.planner.stage.StageInput;
import io.mangonel.planner.stage.StageInput.FileSlice;
import io.mangonel.planner.stage.StageInput.PinnedFile;
import io.mangonel.planner.stage.StageInput.Scan;
import io.mangonel.planner.stage.StagePlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The input files a task reads, as the plan saw them. */
final class PinnedInputs {
  private final List<PinnedFile> files;

  private PinnedInputs(List<PinnedFile> files) {
    this.files = files;
  }

  static PinnedInputs of(StagePlan plan, int task) {
    List<PinnedFile> files = new ArrayList<>();
    for (StageInput input : plan.inputs()) {
      switch (input) {
        case Scan scan -> {
          Set<String> read =
              scan.splits().get(task).stream().map(FileSlice::path).collect(Collectors.toSet());
          scan.files().stream().filter(file -> read.contains(file.path())).forEach(files::add);
        }
        case StageInput.Files(var read) -> files.addAll(read);
        case StageInput.Exchange _ -> {}
      }
    }
    return new PinnedInputs(files);
  }

  /** The first file that is no longer what the plan saw. */
  Optional<Failure> changed() {
    for (PinnedFile file : files) {
      Optional<String> difference = difference(file);
      if (difference.isPresent()) {
        return Optional.of(
            new Failure.InputChanged(
                file.path(), "input file " + file.path() + " " + difference.get()));
      }
    }
    return Optional.empty();
  }

  private static Optional<String> difference(PinnedFile file) {
    try {
      BasicFileAttributes now =
          Files.readAttributes(Path.of(file.path()), BasicFileAttributes.class);
      if (now.size() != file.bytes()) {
        return Optional.of(
            "changed while the statement ran: %d bytes instead of %d"
                .formatted(now.size(), file.bytes()));
      }
      return now.lastModifiedTime().toMillis() == file.modifiedMs()
          ? Optional.empty()
          : Optional.of("was modified while the statement ran");
    } catch (NoSuchFileException gone) {
      return Optional.of("is gone");
    } catch (IOException unreadable) {
      return Optional.of("cannot be read: " + unreadable.getMessage());
    }
  }
}
