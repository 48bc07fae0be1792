package io.mangonel.catalog;

import io.mangonel.core.Bytes;
import io.mangonel.core.RecordReader;
import io.mangonel.core.RecordWriter;
import io.mangonel.planner.text.DefinitionKind;
import java.util.ArrayList;
import java.util.List;

/**
 * The last statements that dropped something and had an idempotency key: what they dropped has no
 * record that could keep it. Sent again, such a statement is done, also when somebody has made
 * another one of the name meanwhile.
 */
record RecentDrops(List<Drop> drops) {
  /** Drops that are remembered; the oldest is forgotten first. */
  static final int DROPS_MAX = 200;

  static final String KEY = "recent";

  private static final int VERSION = 1;

  RecentDrops {
    drops = List.copyOf(drops);
  }

  /**
   * @param idempotencyKey of the statement; empty for none
   */
  record Drop(String principal, String idempotencyKey, DefinitionKind kind, String name) {
    boolean hasKey() {
      return !idempotencyKey.isEmpty();
    }
  }

  boolean contains(Drop drop) {
    return drops.contains(drop);
  }

  RecentDrops with(Drop drop) {
    var more = new ArrayList<>(drops);
    more.add(drop);
    return new RecentDrops(more.subList(Math.max(0, more.size() - DROPS_MAX), more.size()));
  }

  Bytes encode() {
    return new RecordWriter()
        .number(VERSION)
        .list(
            drops,
            (out, drop) ->
                out.text(drop.principal)
                    .text(drop.idempotencyKey)
                    .text(drop.kind.name())
                    .text(drop.name))
        .toBytes();
  }

  static RecentDrops decode(Bytes bytes) {
    var in = new RecordReader(bytes);
    in.version("drops", VERSION);
    var drops =
        in.list(
            each ->
                new Drop(
                    each.text(), each.text(), DefinitionKind.valueOf(each.text()), each.text()));
    in.end();
    return new RecentDrops(drops);
  }
}
