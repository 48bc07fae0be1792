package io.mangonel.process;

import io.mangonel.core.Bytes;
import io.mangonel.state.Keyspace;
import io.mangonel.state.RocksDbStateBackend;
import io.mangonel.state.StateBackend;
import io.mangonel.state.StateBackend.CommitOutcome;
import io.mangonel.state.StateBackend.Entry;
import io.mangonel.state.StateBackend.Guard;
import io.mangonel.state.StateBackend.Operation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * A process that commits numbered entries to a RocksDB store, one after another, and prints {@code
 * begin N} before and {@code done N LOG SIZE} after each: what is printed was acknowledged, and the
 * newest write-ahead log was that long. It ends by being killed.
 */
final class CommitLoop {
  private static final String COUNT = "count";
  private static final String PREFIX = "entry/";
  private static final int VALUE_BYTES_MAX = 6_000;
  private static final int PAGE = 1_000;

  private CommitLoop() {}

  public static void main(String[] arguments) throws IOException {
    Path directory = Path.of(arguments[0]);
    try (StateBackend store = open(directory)) {
      long number = entries(store).size();
      while (true) {
        number++;
        System.out.println("begin " + number);
        List<Guard> guards =
            List.of(
                store
                    .get(Keyspace.ACTIVE_JOBS, COUNT)
                    .<Guard>map(
                        count ->
                            new Guard.ModifyRevision(
                                Keyspace.ACTIVE_JOBS, COUNT, count.modifyRevision()))
                    .orElse(new Guard.Absent(Keyspace.ACTIVE_JOBS, COUNT)));
        CommitOutcome outcome =
            store.commit(
                guards,
                List.of(
                    new Operation.Put(Keyspace.ACTIVE_JOBS, COUNT, text(Long.toString(number))),
                    new Operation.Put(Keyspace.ACTIVE_JOBS, key(number), value(number))));
        if (!(outcome instanceof CommitOutcome.Done)) {
          throw new IllegalStateException("commit " + number + ": " + outcome);
        }
        Path log = newestLog(directory);
        System.out.println("done " + number + " " + log.getFileName() + " " + Files.size(log));
      }
    }
  }

  static StateBackend open(Path directory) {
    return RocksDbStateBackend.open(
        directory,
        message -> {
          throw new IllegalStateException(message);
        });
  }

  private static String key(long number) {
    return PREFIX + "%09d".formatted(number);
  }

  private static Bytes text(String value) {
    return Bytes.of(value.getBytes(StandardCharsets.UTF_8));
  }

  /** Another length and other bytes for each number; the same whenever it is asked. */
  private static Bytes value(long number) {
    var random = new Random(number);
    byte[] bytes = new byte[1 + random.nextInt(VALUE_BYTES_MAX)];
    random.nextBytes(bytes);
    return Bytes.of(bytes);
  }

  /**
   * The numbers of the entries, in order. Throws when one is not as it was written, when there is a
   * gap, or when entries and count differ: a commit is there whole or not at all.
   */
  static List<Long> entries(StateBackend store) {
    List<Long> numbers = new ArrayList<>();
    String after = "";
    List<Entry> page;
    do {
      page = store.scan(Keyspace.ACTIVE_JOBS, PREFIX, after, PAGE);
      for (Entry entry : page) {
        long number = numbers.size() + 1L;
        if (!entry.key().equals(key(number)) || !entry.value().equals(value(number))) {
          throw new IllegalStateException("entry " + number + " is " + entry.key());
        }
        numbers.add(number);
        after = entry.key();
      }
    } while (page.size() == PAGE);
    String count =
        store
            .get(Keyspace.ACTIVE_JOBS, COUNT)
            .map(entry -> new String(entry.value().toByteArray(), StandardCharsets.UTF_8))
            .orElse("0");
    if (!count.equals(Long.toString(numbers.size()))) {
      throw new IllegalStateException("the count is " + count + " of " + numbers.size());
    }
    return numbers;
  }

  static Path newestLog(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> file.toString().endsWith(".log"))
          .max(Comparator.naturalOrder())
          .orElseThrow();
    }
  }
}
