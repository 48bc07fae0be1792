package io.mangonel.workbench.explore;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Breadth first: from each point of a history in which nothing goes wrong, and of histories in
 * which the owner dies, all histories of a number of further choices. A state is reached anew by
 * making its choices again; two of one hash are one. From some of the last ones the cluster is let
 * go on to the end.
 */
final class Exploration {
  /** Of so many last states one is followed to its end. */
  private static final int FOLLOWED_EVERY = 16;

  private static final int STRAIGHT_MAX = 200;

  /** What came of it. */
  record Result(
      Scope scope,
      int depth,
      int starts,
      long states,
      long transitions,
      long again,
      long followed,
      long tookMs,
      @Nullable String failure) {
    String text() {
      return ("%s: depth %d from %d points, %d faults: %d states, %d transitions,"
              + " %d of them to known states, %d followed to the end, %d ms%s")
          .formatted(
              scope.name(),
              depth,
              starts,
              scope.faultsMax(),
              states,
              transitions,
              again,
              followed,
              tookMs,
              failure == null ? "" : System.lineSeparator() + "failed " + failure);
    }
  }

  private final Scope scope;
  private final int depth;
  private final long statesMax;
  private final int deathsEvery;
  private final Set<Long> seen = new HashSet<>();
  private long transitions;
  private long again;
  private long followed;

  /**
   * @param statesMax ends the exploration when there are as many
   * @param deathsEvery the owner's death at every so many points of the straight history is the
   *     beginning of another one, with its takeover
   */
  Exploration(Scope scope, int depth, long statesMax, int deathsEvery) {
    this.scope = scope;
    this.depth = depth;
    this.statesMax = statesMax;
    this.deathsEvery = deathsEvery;
  }

  Result run() {
    long startNs = System.nanoTime();
    List<int[]> frontier = new ArrayList<>();
    String failure = null;
    try {
      for (int[] start : starts()) {
        if (seen.add(hash(replay(start)))) {
          frontier.add(start);
        }
      }
    } catch (AssertionError | RuntimeException broken) {
      failure = broken.getMessage();
    }
    int starts = frontier.size();
    for (int level = 1; level <= depth && failure == null && seen.size() < statesMax; level++) {
      List<int[]> next = new ArrayList<>();
      for (int[] history : frontier) {
        failure = expand(history, level == depth, next);
        if (failure != null || seen.size() >= statesMax) {
          break;
        }
      }
      frontier = next;
    }
    long tookMs = (System.nanoTime() - startNs) / 1_000_000;
    return new Result(
        scope, depth, starts, seen.size(), transitions, again, followed, tookMs, failure);
  }

  /** The points of the straight history, and of those that branch off by the owner's death. */
  private List<int[]> starts() {
    List<int[]> straight = straightFrom(new int[0]);
    var starts = new ArrayList<>(straight);
    for (int i = 0; i < straight.size(); i += deathsEvery) {
      int[] history = straight.get(i);
      for (String what : Cluster.OWNER_DIES) {
        history = with(history, replay(history).choice(what));
      }
      starts.addAll(straightFrom(history));
    }
    return starts;
  }

  /** Always what is first under way. */
  private List<int[]> straightFrom(int[] start) {
    var points = new ArrayList<int[]>();
    int[] history = start;
    Cluster cluster = replay(history);
    points.add(history);
    for (int i = 0; i < STRAIGHT_MAX && cluster.underWay(); i++) {
      int choice = cluster.straight();
      cluster.choose(choice);
      history = with(history, choice);
      points.add(history);
    }
    return points;
  }

  private static int[] with(int[] history, int choice) {
    int[] longer = Arrays.copyOf(history, history.length + 1);
    longer[history.length] = choice;
    return longer;
  }

  private Cluster replay(int[] history) {
    var cluster = new Cluster(scope);
    for (int choice : history) {
      cluster.choose(choice);
    }
    return cluster;
  }

  /** Returns what broke. */
  private @Nullable String expand(int[] history, boolean last, List<int[]> next) {
    int choices = replay(history).choices().size();
    for (int choice = 0; choice < choices; choice++) {
      int[] longer = with(history, choice);
      transitions++;
      try {
        Cluster cluster = replay(longer);
        long hash = hash(cluster);
        if (!seen.add(hash)) {
          again++;
          continue;
        }
        next.add(longer);
        if (last && hash % FOLLOWED_EVERY == 0) {
          followed++;
          cluster.comesToAnEnd();
        }
      } catch (AssertionError | RuntimeException broken) {
        return broken.getMessage() + System.lineSeparator() + story(longer);
      }
    }
    return null;
  }

  /** Each choice of a history, in words. */
  private String story(int[] history) {
    var text = new StringBuilder();
    var cluster = new Cluster(scope);
    for (int choice : history) {
      text.append("  ").append(cluster.choices().get(choice).what()).append(System.lineSeparator());
      try {
        cluster.choose(choice);
      } catch (AssertionError | RuntimeException broken) {
        text.append("  ").append(broken).append(System.lineSeparator());
      }
    }
    return text.toString();
  }

  private static long hash(Cluster cluster) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(cluster.state().getBytes(StandardCharsets.UTF_8));
      return ByteBuffer.wrap(digest).getLong();
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException(missing);
    }
  }
}
