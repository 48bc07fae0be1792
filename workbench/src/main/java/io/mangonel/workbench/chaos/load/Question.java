package io.mangonel.workbench.chaos.load;

import io.mangonel.workbench.contest.Answer;
import java.util.Map;

/**
 * A statement with the answer that is right.
 *
 * @param kind what it is counted as
 */
record Question(String kind, String sql, Map<String, String> settings, Answer expected) {}
