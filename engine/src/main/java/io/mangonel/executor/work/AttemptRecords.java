package io.mangonel.executor.work;

import io.mangonel.core.Bytes;
import io.mangonel.core.RecordReader;
import io.mangonel.core.RecordWriter;
import io.mangonel.core.UnreadableRecordException;
import io.mangonel.core.agent.Recovered;
import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.OutputFile;
import io.mangonel.core.task.TaskAttemptId;
import io.mangonel.core.task.TaskOutput;
import io.mangonel.shuffle.ShuffleDirectory;
import io.mangonel.shuffle.StagedFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an executor remembers of a successful attempt: one file beside the attempt's files (rule
 * T12). The next run on the work directory offers those attempts again and deletes the rest.
 *
 * <p>The file is the record, and after it the CRC-32C of the record. It appears whole, by a rename,
 * before the status is reported; it is not forced to the disk, because the files that it describes
 * are not either (docs/decisions.md).
 */
public final class AttemptRecords {
  private static final Logger LOG = LoggerFactory.getLogger(AttemptRecords.class);
  private static final String FILE = "attempt.record";
  private static final int VERSION = 4; // As the output's form.
  private static final int CHECKSUM_BYTES = Long.BYTES;

  /** A larger file is no record: the outputs of a stage have some thousand files at most. */
  private static final long BYTES_MAX = 16 << 20;

  private final ExecutorId executor;
  private final ShuffleDirectory shuffle;

  AttemptRecords(ExecutorId executor, ShuffleDirectory shuffle) {
    this.executor = executor;
    this.shuffle = shuffle;
  }

  /** Keeps an attempt with at least one file; one without has nothing that could be lost. */
  public void write(Recovered attempt) throws IOException {
    RecordWriter out = new RecordWriter().number(VERSION).text(executor.value());
    attempt.id().write(out);
    out.number(attempt.epoch()).list(attempt.inputs(), (o, input) -> input.write(o));
    attempt.output().write(out);
    byte[] record = out.toBytes().toByteArray();
    byte[] file = new byte[record.length + CHECKSUM_BYTES];
    System.arraycopy(record, 0, file, 0, record.length);
    long checksum = checksum(record);
    for (int i = 0; i < CHECKSUM_BYTES; i++) {
      file[record.length + i] = (byte) (checksum >>> (8 * i));
    }
    Path target = shuffle.attemptDirectory(attempt.id()).resolve(FILE);
    Path fresh = target.resolveSibling(FILE + ".new");
    Files.write(fresh, file);
    if (StagedFiles.of(shuffle.attemptDirectory(attempt.id())).isPresent()) {
      force(fresh);
    }
    Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
  }

  /**
   * Of an attempt whose files are where a statement writes to: without its record the next run
   * would delete them, and they count.
   */
  private static void force(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }

  /**
   * Reads every record of this executor whose files are all there in their size, and deletes
   * whatever else earlier runs left. The content of the files is checked when they are read.
   */
  public List<Recovered> recover() throws IOException {
    List<Recovered> recovered = new ArrayList<>();
    int swept = 0;
    for (Path directory : shuffle.attempts()) {
      Optional<Recovered> attempt = read(directory);
      if (attempt.isPresent()) {
        recovered.add(attempt.get());
      } else {
        shuffle.removeAttempt(directory);
        swept++;
      }
    }
    shuffle.removeEmpty();
    if (!recovered.isEmpty() || swept > 0) {
      LOG.info("found the outputs of {} tasks, and deleted {} unfinished", recovered.size(), swept);
    }
    return recovered;
  }

  private Optional<Recovered> read(Path directory) throws IOException {
    Path file = directory.resolve(FILE);
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || Files.size(file) > BYTES_MAX) {
      return Optional.empty();
    }
    byte[] bytes = Files.readAllBytes(file);
    int length = bytes.length - CHECKSUM_BYTES;
    if (length < 0) {
      return Optional.empty();
    }
    byte[] record = Arrays.copyOf(bytes, length);
    long checksum = 0;
    for (int i = 0; i < CHECKSUM_BYTES; i++) {
      checksum |= (bytes[length + i] & 0xFFL) << (8 * i);
    }
    try {
      return checksum == checksum(record)
          ? decode(record).filter(attempt -> complete(attempt, directory))
          : Optional.empty();
    } catch (UnreadableRecordException | IllegalArgumentException | ArithmeticException foreign) {
      LOG.warn("{} is not used: {}", file, foreign.getMessage());
      return Optional.empty();
    }
  }

  private Optional<Recovered> decode(byte[] record) {
    RecordReader in = new RecordReader(Bytes.of(record));
    in.version("attempt record", VERSION);
    boolean own = in.text().equals(executor.value());
    TaskAttemptId id = TaskAttemptId.read(in);
    Recovered attempt =
        new Recovered(id, in.number(), in.list(TaskAttemptId::read), TaskOutput.read(in));
    in.end();
    return own ? Optional.of(attempt) : Optional.empty();
  }

  private boolean complete(Recovered attempt, Path directory) {
    if (!shuffle.attemptDirectory(attempt.id()).equals(directory)
        || attempt.output().files().isEmpty()) {
      return false;
    }
    if (isStaged(directory)) {
      return true; // Whether they are there still, or published, their job knows.
    }
    for (OutputFile file : attempt.output().files()) {
      Optional<Path> path = shuffle.file(file.path());
      if (path.isEmpty()
          || !path.get().startsWith(directory)
          || path.get().toFile().length() != file.bytes()) {
        return false;
      }
    }
    return true;
  }

  private static boolean isStaged(Path directory) {
    try {
      return StagedFiles.of(directory).isPresent();
    } catch (IOException unreadable) {
      return false;
    }
  }

  private static long checksum(byte[] bytes) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes, 0, bytes.length);
    return checksum.getValue();
  }
}
