package io.mangonel.planner.distribute;

import io.mangonel.planner.cost.Cardinality;
import io.mangonel.planner.cost.CostModel;
import io.mangonel.planner.cost.Estimate;
import io.mangonel.planner.ir.Expression;
import io.mangonel.planner.ir.Expression.Column;
import io.mangonel.planner.ir.Expression.ComparisonOperator;
import io.mangonel.planner.ir.Relation;
import io.mangonel.planner.ir.Relation.Join;
import io.mangonel.planner.ir.Relation.JoinCondition;
import io.mangonel.planner.ir.Relation.JoinType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/** Brings the two sides of a join together: by hash of the keys, or one side to every task. */
final class JoinDistribution {
  private final Exchanges exchanges;
  private final Cardinality cardinality;
  private final CostModel cost;
  private final JoinMode mode;
  private int reductions;

  JoinDistribution(Exchanges exchanges, Cardinality cardinality, CostModel cost, JoinMode mode) {
    this.exchanges = exchanges;
    this.cardinality = cardinality;
    this.cost = cost;
    this.mode = mode;
  }

  /** The two sides where the join can be computed, and where its rows are then. */
  private record Sides(Located left, Located right, Placement placement) {}

  private enum Placement {
    AS_LEFT,
    AS_RIGHT,
    SINGLE,
    BROADCAST
  }

  private record Candidate(boolean hash, double costNs, Supplier<Sides> sides) {}

  Located join(Join join, Located left, Located right) {
    if (join.joinType() == JoinType.POSITIONAL) {
      throw new Undistributable("positional join: it depends on the order of rows in files");
    }
    Estimate estimate = cardinality.join(join, left.estimate(), right.estimate());
    Sides sides = place(join, left, right);
    Join relation =
        new Join(
            sides.left().relation(),
            sides.right().relation(),
            join.joinType(),
            join.conditions(),
            join.correlated(),
            join.residual(),
            join.types());
    Join guarded = JoinGuard.guarded(relation, left.estimate(), right.estimate());
    Relation reduced =
        SemiJoinReduction.reduced(guarded, left.estimate(), right.estimate(), ++reductions);
    return new Located(reduced, distribution(join, sides), estimate);
  }

  private Sides place(Join join, Located left, Located right) {
    if (!left.isPartitioned() && !right.isPartitioned()) {
      boolean everywhere =
          left.distribution() instanceof Distribution.Broadcast
              && right.distribution() instanceof Distribution.Broadcast;
      return everywhere
          ? new Sides(left, right, Placement.BROADCAST)
          : new Sides(exchanges.gather(left), exchanges.gather(right), Placement.SINGLE);
    }
    List<Candidate> candidates = new ArrayList<>();
    addBroadcasts(join.joinType(), left, right, candidates);
    addHashes(keys(join), left, right, candidates);
    boolean preferHash = mode == JoinMode.HASH;
    if (mode != JoinMode.AUTO
        && candidates.stream().anyMatch(candidate -> candidate.hash() == preferHash)) {
      candidates.removeIf(candidate -> candidate.hash() != preferHash);
    }
    candidates.add(
        new Candidate(
            false,
            cost.gather(left.estimate(), right.estimate()),
            () -> new Sides(exchanges.gather(left), exchanges.gather(right), Placement.SINGLE)));
    return candidates.stream()
        .min(Comparator.comparingDouble(Candidate::costNs))
        .orElseThrow()
        .sides()
        .get();
  }

  private void addBroadcasts(
      JoinType type, Located left, Located right, List<Candidate> candidates) {
    if (mayBroadcastRight(type) && left.isPartitioned()) {
      candidates.add(
          new Candidate(
              false,
              exchanges.broadcastCost(right),
              () -> new Sides(left, exchanges.broadcast(right), Placement.AS_LEFT)));
    }
    if (mayBroadcastLeft(type) && right.isPartitioned()) {
      candidates.add(
          new Candidate(
              false,
              exchanges.broadcastCost(left),
              () -> new Sides(exchanges.broadcast(left), right, Placement.AS_RIGHT)));
    }
  }

  private void addHashes(
      List<JoinCondition> keys, Located left, Located right, List<Candidate> candidates) {
    if (keys.isEmpty()) {
      return;
    }
    List<Expression> leftKeys = keys.stream().map(JoinCondition::left).toList();
    List<Expression> rightKeys = keys.stream().map(JoinCondition::right).toList();
    double build = cost.build(left.estimate(), right.estimate());
    Optional<Alignment> leftAligned = aligned(left.distribution(), leftKeys);
    Optional<Alignment> rightAligned = aligned(right.distribution(), rightKeys);
    if (leftAligned.isPresent() && leftAligned.equals(rightAligned)) {
      candidates.add(new Candidate(true, build, () -> new Sides(left, right, Placement.AS_LEFT)));
    }
    leftAligned.ifPresent(
        as ->
            candidates.add(
                new Candidate(
                    true,
                    build + cost.hash(right.estimate()),
                    () ->
                        new Sides(
                            left, as.align(exchanges, right, rightKeys), Placement.AS_LEFT))));
    rightAligned.ifPresent(
        as ->
            candidates.add(
                new Candidate(
                    true,
                    build + cost.hash(left.estimate()),
                    () ->
                        new Sides(as.align(exchanges, left, leftKeys), right, Placement.AS_LEFT))));
    candidates.add(
        new Candidate(
            true,
            build + cost.hash(left.estimate()) + cost.hash(right.estimate()),
            () ->
                new Sides(
                    exchanges.hash(left, leftKeys),
                    exchanges.hash(right, rightKeys),
                    Placement.AS_LEFT)));
  }

  /**
   * The conditions whose values decide the task. None for a NULL-aware MARK join: one NULL on the
   * right changes every answer.
   */
  private static List<JoinCondition> keys(Join join) {
    if (join.joinType() == JoinType.MARK && join.correlated() < join.conditions().size()) {
      return List.of();
    }
    return join.conditions().stream()
        .filter(
            condition ->
                (condition.operator() == ComparisonOperator.EQUAL
                        || condition.operator() == ComparisonOperator.NOT_DISTINCT)
                    && condition.left().type().equals(condition.right().type())
                    && Determinism.isStable(condition.left())
                    && Determinism.isStable(condition.right()))
        .toList();
  }

  /**
   * How a side is distributed already.
   *
   * @param order which of the join's keys are the function's arguments
   */
  private record Alignment(PartitionFunction function, List<Integer> order) {
    /** The other side, distributed in the same way. Its keys have the same types. */
    Located align(Exchanges exchanges, Located side, List<Expression> keys) {
      return exchanges.partition(side, function, order.stream().map(keys::get).toList());
    }
  }

  private static Optional<Alignment> aligned(Distribution distribution, List<Expression> keys) {
    if (!(distribution instanceof Distribution.Hash(var function, var arguments))) {
      return Optional.empty();
    }
    List<Integer> order = new ArrayList<>();
    for (Set<Integer> columns : arguments) {
      int found = -1;
      for (int i = 0; i < keys.size() && found < 0; i++) {
        if (keys.get(i) instanceof Column(int index, var _) && columns.contains(index)) {
          found = i;
        }
      }
      if (found < 0) {
        return Optional.empty();
      }
      order.add(found);
    }
    return Optional.of(new Alignment(function, order));
  }

  private static boolean mayBroadcastRight(JoinType type) {
    return switch (type) {
      case INNER, LEFT, SINGLE, SEMI, ANTI, MARK, ASOF, ASOF_LEFT -> true;
      case RIGHT, FULL, RIGHT_SEMI, RIGHT_ANTI, POSITIONAL -> false;
    };
  }

  private static boolean mayBroadcastLeft(JoinType type) {
    return switch (type) {
      case INNER, RIGHT, RIGHT_SEMI, RIGHT_ANTI -> true;
      case LEFT, SINGLE, SEMI, ANTI, MARK, ASOF, ASOF_LEFT, FULL, POSITIONAL -> false;
    };
  }

  private static Distribution distribution(Join join, Sides sides) {
    int leftWidth = sides.left().width();
    return switch (sides.placement()) {
      case SINGLE -> new Distribution.Single();
      case BROADCAST -> new Distribution.Broadcast();
      case AS_RIGHT ->
          sides
              .right()
              .distribution()
              .mapped(column -> Set.of(rightOffset(join, leftWidth) + column));
      case AS_LEFT ->
          switch (join.joinType()) {
            case INNER -> withEqualColumns(join, sides);
            case LEFT, SINGLE, SEMI, ANTI, MARK, ASOF, ASOF_LEFT -> sides.left().distribution();
            case RIGHT, RIGHT_SEMI, RIGHT_ANTI ->
                sides
                    .right()
                    .distribution()
                    .mapped(column -> Set.of(rightOffset(join, leftWidth) + column));
            case FULL, POSITIONAL -> new Distribution.Random();
          };
    };
  }

  private static int rightOffset(Join join, int leftWidth) {
    return switch (join.joinType()) {
      case RIGHT_SEMI, RIGHT_ANTI -> 0;
      case INNER, LEFT, RIGHT, FULL, SINGLE, SEMI, ANTI, MARK, ASOF, ASOF_LEFT, POSITIONAL ->
          leftWidth;
    };
  }

  /** After {@code a = b} what is distributed by a is distributed by b. */
  private static Distribution withEqualColumns(Join join, Sides sides) {
    int leftWidth = sides.left().width();
    return sides
        .left()
        .distribution()
        .mapped(
            column -> {
              Set<Integer> equal = new TreeSet<>(Set.of(column));
              for (JoinCondition condition : keys(join)) {
                if (condition.left() instanceof Column(int left, var _)
                    && left == column
                    && condition.right() instanceof Column(int right, var _)) {
                  equal.add(leftWidth + right);
                }
              }
              return equal;
            });
  }
}
