package io.mangonel.planner;

import io.mangonel.core.Bytes;
import io.mangonel.core.RecordReader;
import io.mangonel.core.RecordWriter;
import io.mangonel.planner.names.Definition;
import io.mangonel.planner.names.Definitions;
import io.mangonel.planner.text.DefinitionKind;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A statement and all that its meaning depends on.
 *
 * @param sql one statement
 * @param settings the session's settings: DuckDB's by their names, ours by theirs ({@code
 *     mangonel_join_mode})
 * @param definitions what names mean, in order of creation: schemas, views, macros
 * @param workingDirectory what relative paths are relative to
 * @param executors how many executors are alive, at least 1
 * @param slots their task slots together, at least {@code executors}
 */
public record PlanRequest(
    String sql,
    SortedMap<String, String> settings,
    Definitions definitions,
    String workingDirectory,
    int executors,
    int slots) {
  /** Another statement in its place. */
  PlanRequest withSql(String other) {
    return new PlanRequest(other, settings, definitions, workingDirectory, executors, slots);
  }

  /** With definitions that nobody found by name yet. */
  public PlanRequest(
      String sql,
      SortedMap<String, String> settings,
      List<Definition> definitions,
      String workingDirectory,
      int executors,
      int slots) {
    this(sql, settings, Definitions.of(definitions), workingDirectory, executors, slots);
  }

  /** For another process of the same version. */
  public Bytes encode() {
    RecordWriter out = new RecordWriter().text(sql);
    out.list(settings.entrySet(), (o, one) -> o.text(one.getKey()).text(one.getValue()));
    out.list(
        definitions,
        (o, one) ->
            o.text(one.kind().name())
                .text(one.schema())
                .text(one.name())
                .text(one.createSql())
                .flag(one.temporary()));
    return out.text(workingDirectory).number(executors).number(slots).toBytes();
  }

  /** What {@link #encode} made. */
  public static PlanRequest decode(Bytes encoded) {
    RecordReader in = new RecordReader(encoded);
    String sql = in.text();
    SortedMap<String, String> settings = new TreeMap<>();
    in.list(one -> Map.entry(one.text(), one.text()))
        .forEach(one -> settings.put(one.getKey(), one.getValue()));
    List<Definition> definitions =
        in.list(
            one ->
                new Definition(
                    DefinitionKind.valueOf(one.text()),
                    one.text(),
                    one.text(),
                    one.text(),
                    one.flag()));
    var request =
        new PlanRequest(sql, settings, definitions, in.text(), in.integer(), in.integer());
    in.end();
    return request;
  }
}
