package io.mangonel.planner.write;

import io.mangonel.planner.database.RejectedException;
import io.mangonel.planner.ir.Sql;
import io.mangonel.planner.source.DataDirectories;
import io.mangonel.planner.source.FileFormats;
import io.mangonel.planner.stage.StageOutput;
import io.mangonel.planner.stage.WriteTarget;
import io.mangonel.planner.stage.WriteTarget.IfExists;
import io.mangonel.planner.text.StatementHead;
import io.mangonel.planner.text.StatementHead.CopyOption;
import io.mangonel.planner.text.TextEdits.Range;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where a COPY writes to and how, as far as its text and the data directories tell. DuckDB itself
 * checks the values of its options, see {@link #checkSql}.
 *
 * @param options of the COPY that tasks run, as SQL
 * @param partitionBy columns as SQL; empty for none
 */
public record CopyTarget(WriteTarget target, String options, String partitionBy) {
  /** Options of every format; others are the format's own. */
  static final List<String> OPTIONS =
      List.of(
          "APPEND",
          "COMPRESSION",
          "FILE_EXTENSION",
          "FORMAT",
          "OVERWRITE",
          "OVERWRITE_OR_IGNORE",
          "PARTITION_BY",
          "PER_THREAD_OUTPUT",
          "WRITE_PARTITION_COLUMNS");

  /** A column of the query: its name and type as SQL. */
  public record Column(String name, String type) {}

  /**
   * @throws RejectedException when it cannot be written so; positions are of the whole statement
   */
  public static CopyTarget of(
      StatementHead.Copy copy, DataDirectories directories, String workingDirectory)
      throws RejectedException {
    Range at = new Range(copy.targetStart(), copy.targetStart() + 1);
    if (FileFormats.isGlob(copy.target())) {
      throw new RejectedException("COPY writes to one path, without * ? [", at);
    }
    String path;
    try {
      path = directories.absolute(copy.target(), workingDirectory);
    } catch (RejectedException outside) {
      throw new RejectedException(outside.text(), at);
    }
    return new Reader(copy, directories, path, at).read();
  }

  /** What the tasks of the last stage that has rows do with them. */
  public StageOutput.Write output(List<String> columns) {
    return new StageOutput.Write(target, columns, options, partitionBy);
  }

  /** A statement that DuckDB accepts if it accepts the options for these columns. */
  public String checkSql(List<Column> columns) {
    List<String> nulls =
        columns.stream()
            .map(
                column -> "CAST(NULL AS " + column.type() + ") AS " + Sql.identifier(column.name()))
            .toList();
    String divided = partitionBy.isEmpty() ? "" : ", PARTITION_BY (" + partitionBy + ")";
    return "EXPLAIN COPY (SELECT "
        + String.join(", ", nulls)
        + ") TO "
        + Sql.literal(target.parent() + "/" + WriteTarget.HIDDEN + "check")
        + " ("
        + options
        + divided
        + ")";
  }

  /**
   * Why the statement fails if what is there now stays there; empty where nothing is, or this
   * machine does not see it.
   */
  public Optional<String> obstacle() {
    Path path = Path.of(target.path());
    if (!Files.isDirectory(Path.of(target.parent()))) {
      return Optional.empty();
    }
    if (!target.directory() && Files.isDirectory(path)) {
      return Optional.of(
          "'%s' is a directory: a slash at its end, or PER_THREAD_OUTPUT, writes files into it"
              .formatted(path));
    }
    return target.ifExists() == IfExists.REFUSE && hasFiles(path)
        ? Optional.of("the directory '" + path + "' is not empty: OVERWRITE or APPEND allows it")
        : Optional.empty();
  }

  /** Before the work, as far as it is seen from here; who publishes looks again. */
  private static boolean hasFiles(Path directory) {
    if (!Files.isDirectory(directory)) {
      return false;
    }
    try (Stream<Path> all = Files.walk(directory)) {
      return all.anyMatch(
          path ->
              Files.isRegularFile(path)
                  && !directory.relativize(path).toString().contains(WriteTarget.HIDDEN));
    } catch (IOException | UncheckedIOException unreadable) {
      return false;
    }
  }

  /** Reads the options of one statement. */
  private static final class Reader {
    private final StatementHead.Copy copy;
    private final DataDirectories directories;
    private final String path;
    private final Range at;
    private final SortedMap<String, CopyOption> options = new TreeMap<>();

    Reader(StatementHead.Copy copy, DataDirectories directories, String path, Range at) {
      this.copy = copy;
      this.directories = directories;
      this.path = path;
      this.at = at;
    }

    CopyTarget read() throws RejectedException {
      for (CopyOption option : copy.options()) {
        if (options.put(option.name(), option) != null) {
          throw new RejectedException(
              "the option " + option.name() + " is there twice", range(option));
        }
      }
      CopyOption format = options.get("FORMAT");
      FileForm form = format == null ? FileForm.ofPath(path) : form(format);
      for (CopyOption option : options.values()) {
        if (!OPTIONS.contains(option.name()) && !form.understands(option.name())) {
          throw new RejectedException(
              "COPY to "
                  + form.word()
                  + " files does not understand "
                  + option.name()
                  + ". Possible are "
                  + form.options(),
              range(option));
        }
      }
      String partitionBy = partitionBy();
      boolean directory =
          !partitionBy.isEmpty() || copy.target().endsWith("/") || flag("PER_THREAD_OUTPUT");
      String compression = text("COMPRESSION").orElse("");
      var passed = new ArrayList<String>();
      passed.add("FORMAT " + form.word());
      if (compression.isEmpty() && form != FileForm.PARQUET && !directory) {
        FileForm.compressionOf(path).ifPresent(known -> passed.add("COMPRESSION " + known));
      }
      for (CopyOption option : copy.options()) {
        boolean columns = option.name().equals("WRITE_PARTITION_COLUMNS") && !partitionBy.isEmpty();
        if (form.understands(option.name()) || option.name().equals("COMPRESSION") || columns) {
          passed.add((option.name() + " " + option.value()).strip());
        }
      }
      String extension =
          text("FILE_EXTENSION").map(this::extension).orElse(form.extension(compression));
      if (!extension.matches("[A-Za-z0-9_.-]+")) {
        throw new RejectedException("FILE_EXTENSION takes letters, digits and dots", at);
      }
      return new CopyTarget(
          new WriteTarget(path, directory, ifExists(directory), parent(), extension),
          String.join(", ", passed),
          partitionBy);
    }

    private String extension(String written) {
      return written.startsWith(".") ? written.substring(1) : written;
    }

    private FileForm form(CopyOption format) throws RejectedException {
      return FileForm.named(unquoted(format.value()))
          .orElseThrow(
              () -> new RejectedException("FORMAT is one of parquet, csv and json", range(format)));
    }

    private IfExists ifExists(boolean directory) throws RejectedException {
      boolean overwrite = flag("OVERWRITE");
      boolean orIgnore = flag("OVERWRITE_OR_IGNORE");
      boolean append = flag("APPEND");
      if ((overwrite ? 1 : 0) + (orIgnore ? 1 : 0) + (append ? 1 : 0) > 1) {
        throw new RejectedException("one of OVERWRITE, OVERWRITE_OR_IGNORE and APPEND", at);
      }
      if (directory && orIgnore) {
        throw new RejectedException(
            "OVERWRITE_OR_IGNORE is for one file: no two statements write files of equal names"
                + " into a directory. OVERWRITE removes what is there, APPEND leaves it",
            range(options.get("OVERWRITE_OR_IGNORE")));
      }
      if (!directory && append) {
        throw new RejectedException(
            "APPEND adds files to a directory (PER_THREAD_OUTPUT, PARTITION_BY)",
            range(options.get("APPEND")));
      }
      if (append) {
        return IfExists.APPEND;
      }
      return overwrite || !directory ? IfExists.OVERWRITE : IfExists.REFUSE;
    }

    /**
     * Beside it, where it is renamed on one file system; in it, if nothing beside it is allowed.
     */
    private String parent() throws RejectedException {
      Path parent = Path.of(path).getParent();
      if (parent != null && directories.all().stream().anyMatch(parent::startsWith)) {
        return parent.toString();
      }
      if (copy.target().endsWith("/") || !options.isEmpty()) {
        return path;
      }
      throw new RejectedException("'" + path + "' is a data directory, not a file in one", at);
    }

    private String partitionBy() throws RejectedException {
      CopyOption option = options.get("PARTITION_BY");
      if (option == null) {
        return "";
      }
      String value = option.value();
      boolean list = value.startsWith("(") && value.endsWith(")");
      String columns = list ? value.substring(1, value.length() - 1).strip() : value;
      if (columns.isEmpty() || columns.equals("*")) {
        throw new RejectedException("PARTITION_BY takes columns", range(option));
      }
      return columns;
    }

    private boolean flag(String name) throws RejectedException {
      CopyOption option = options.get(name);
      if (option == null) {
        return false;
      }
      return switch (unquoted(option.value()).toLowerCase(Locale.ROOT)) {
        case "", "true", "1", "on", "yes" -> true;
        case "false", "0", "off", "no" -> false;
        default -> throw new RejectedException(name + " is true or false", range(option));
      };
    }

    private Optional<String> text(String name) {
      return Optional.ofNullable(options.get(name)).map(option -> unquoted(option.value()));
    }

    private static String unquoted(String value) {
      return value.length() > 1 && value.startsWith("'") && value.endsWith("'")
          ? value.substring(1, value.length() - 1).replace("''", "'")
          : value;
    }

    private Range range(@Nullable CopyOption option) {
      return option == null
          ? at
          : new Range(option.position(), option.position() + option.name().length());
    }
  }
}
