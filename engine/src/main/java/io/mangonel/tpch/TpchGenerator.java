package io.mangonel.tpch;

import io.mangonel.files.FileProblem;
import io.mangonel.tpch.GenerationResult.Generated;
import io.mangonel.tpch.GenerationResult.Refused;
import io.mangonel.tpch.GenerationResult.Reused;
import io.trino.tpch.TpchTable;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes TPC-H data: a directory with a subdirectory per table and Parquet files {@code
 * part-00001.parquet ...} in it, each sorted by the table's key. Keys are BIGINT, other whole
 * numbers INTEGER, decimals DECIMAL(15,2), dates DATE, texts VARCHAR. The data is written beside
 * the target and renamed: a directory under the final name is complete.
 */
public final class TpchGenerator {
  /** The tables, and so the subdirectories. */
  public static final List<String> TABLES =
      TpchTable.getTables().stream().map(TpchTable::getTableName).toList();

  /** Files per table that nobody needs more of. */
  public static final int PARTS_MAX = 10_000;

  /** The specification's largest scale factor. */
  public static final double SCALE_FACTOR_MAX = 100_000;

  private static final int WRITERS = 2;

  /** The specification fixes the size of these two: one file is enough. */
  private static final List<TpchTable<?>> FIXED_SIZE = List.of(TpchTable.NATION, TpchTable.REGION);

  private TpchGenerator() {}

  /**
   * Makes the data of {@code scaleFactor} in {@code directory}, {@code parts} files per table
   * (nation and region: one), or finds it there. Blocks until done; may be called from any thread,
   * and for one directory by several processes at once.
   *
   * @param scaleFactor above 0, at most {@link #SCALE_FACTOR_MAX}; 1 is about 1 GB of text
   * @param parts from 1 to {@link #PARTS_MAX}
   */
  public static GenerationResult generate(double scaleFactor, Path directory, int parts) {
    if (!(scaleFactor > 0 && scaleFactor <= SCALE_FACTOR_MAX)) {
      return new Refused(
          String.format(
              Locale.ROOT, "the scale factor must be above 0 and at most %.0f", SCALE_FACTOR_MAX));
    }
    if (parts < 1 || parts > PARTS_MAX) {
      return new Refused("the number of parts must be from 1 to " + PARTS_MAX);
    }
    Path target = directory.toAbsolutePath().normalize();
    try {
      Optional<GenerationResult> found = existing(target, scaleFactor, parts);
      return found.isPresent() ? found.get() : make(target, scaleFactor, parts);
    } catch (IOException e) {
      return new Refused("cannot write to " + target + ": " + FileProblem.reason(target, e));
    } catch (SQLException e) {
      return new Refused("cannot write to " + target + ": " + e);
    }
  }

  /** A {@code CREATE OR REPLACE VIEW} per table over the data in {@code directory}. */
  public static List<String> createViews(Path directory) {
    String root = directory.toAbsolutePath().normalize().toString().replace("'", "''");
    return TABLES.stream()
        .map(
            table ->
                "CREATE OR REPLACE VIEW "
                    + table
                    + " AS FROM '"
                    + root
                    + "/"
                    + table
                    + "/*.parquet'")
        .toList();
  }

  private static Optional<GenerationResult> existing(Path target, double scaleFactor, int parts)
      throws IOException {
    if (!Files.exists(target)) {
      return Optional.empty();
    }
    if (!Files.isDirectory(target)) {
      return Optional.of(new Refused(target + " exists and is not a directory"));
    }
    Optional<Manifest> manifest = Manifest.read(target);
    if (manifest.isPresent()) {
      Manifest there = manifest.get();
      return Optional.of(
          there.scaleFactor() == scaleFactor && there.parts() == parts
              ? new Reused(target, there.rows())
              : new Refused(
                  target
                      + " holds TPC-H data of "
                      + there.describe()
                      + ": choose another directory, or remove it"));
    }
    try (Stream<Path> entries = Files.list(target)) {
      return entries.findAny().isPresent()
          ? Optional.of(
              new Refused(
                  target + " exists and holds something else: choose an empty or a new directory"))
          : Optional.empty();
    }
  }

  private static GenerationResult make(Path target, double scaleFactor, int parts)
      throws IOException, SQLException {
    Path parent = target.getParent();
    if (parent == null) {
      return new Refused("cannot write to " + target + ": choose a directory below it");
    }
    Files.createDirectories(parent);
    Unfinished.sweep(target);
    Path unfinished = Unfinished.create(target);
    try {
      long rows = write(unfinished, scaleFactor, parts);
      new Manifest(scaleFactor, parts, rows).write(unfinished);
      return publish(unfinished, target, scaleFactor, parts, rows);
    } finally {
      Unfinished.delete(unfinished);
    }
  }

  private static GenerationResult publish(
      Path unfinished, Path target, double scaleFactor, int parts, long rows) throws IOException {
    try {
      Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
      return new Generated(target, rows);
    } catch (FileSystemException e) {
      // Somebody else was faster.
      Optional<GenerationResult> found = existing(target, scaleFactor, parts);
      if (found.isPresent()) {
        return found.get();
      }
      throw e;
    }
  }

  private static long write(Path directory, double scaleFactor, int parts)
      throws IOException, SQLException {
    ExecutorService writers =
        Executors.newFixedThreadPool(WRITERS, Thread.ofPlatform().name("tpch-", 0).factory());
    try {
      List<Future<Long>> written = new ArrayList<>();
      for (TpchTable<?> table : largestFirst()) {
        int files = FIXED_SIZE.contains(table) ? 1 : parts;
        for (int part = 1; part <= files; part++) {
          int number = part;
          Path file =
              directory
                  .resolve(table.getTableName())
                  .resolve(String.format(Locale.ROOT, "part-%05d.parquet", part));
          written.add(
              writers.submit(() -> PartWriter.write(table, scaleFactor, number, files, file)));
        }
      }
      long rows = 0;
      for (Future<Long> one : written) {
        rows += one.get();
      }
      return rows;
    } catch (ExecutionException e) {
      throw asChecked(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      writers.shutdownNow();
      writers.close();
    }
  }

  /** So that the two writers end at about the same time. */
  private static List<TpchTable<?>> largestFirst() {
    List<TpchTable<?>> order =
        List.of(
            TpchTable.LINE_ITEM,
            TpchTable.ORDERS,
            TpchTable.PART_SUPPLIER,
            TpchTable.PART,
            TpchTable.CUSTOMER);
    return TpchTable.getTables().stream()
        .sorted(
            Comparator.comparingInt(
                table -> order.contains(table) ? order.indexOf(table) : order.size()))
        .toList();
  }

  private static IOException asChecked(@Nullable Throwable cause) throws SQLException {
    return switch (cause) {
      case SQLException e -> throw e;
      case IOException e -> e;
      case Error e -> throw e;
      case null, default -> throw new IllegalStateException("cannot generate", cause);
    };
  }
}
