package io.mangonel.scheduler.query;

import io.mangonel.planner.PlanRequest.ViewDefinition;
import io.mangonel.planner.PlanResult;
import io.mangonel.planner.stage.QueryPlan.ResultColumn;
import java.util.List;
import java.util.SortedMap;

/** Statements that need no job: they read or change the catalogue or a session. */
final class CatalogStatements {
  static final List<ResultColumn> EXPLAIN_COLUMNS =
      List.of(new ResultColumn("explain", "VARCHAR", "VARCHAR"));

  /** One row per line. */
  static Submission explain(String text) {
    return new Submission.Immediate(EXPLAIN_COLUMNS, text.lines().map(List::of).toList());
  }

  /** The session's settings, and over them the statement's own. */
  SortedMap<String, String> settings(StatementRequest statement) {
    return statement.settings();
  }

  List<ViewDefinition> views() {
    return List.of();
  }

  Answer<Submission> createView(PlanResult.CreateView create) {
    return new Answer.UserFault<>("views are not supported yet: " + create.name());
  }

  Answer<Submission> dropView(PlanResult.DropView drop) {
    return new Answer.UserFault<>("views are not supported yet: " + drop.name());
  }

  Answer<Submission> set(StatementRequest statement, PlanResult.Set set) {
    return new Answer.UserFault<>("there is no session: " + statement.sql() + set.name());
  }
}
