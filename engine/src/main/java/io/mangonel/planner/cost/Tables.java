package io.mangonel.planner.cost;

import io.mangonel.planner.ir.Relation;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * The tables a plan may read.
 *
 * @param sources by their name in the planning database
 * @param selectivity the fraction, from 0 to 1, of the table's rows that a filtered scan keeps. It
 *     is asked only about a {@link Relation.Scan} or {@link Relation.Filter}s on one; the answer
 *     may come from counting on a sample
 */
public record Tables(Map<String, TableSource> sources, ToDoubleFunction<Relation> selectivity) {
  public Tables {
    sources = new TreeMap<>(sources);
  }
}
